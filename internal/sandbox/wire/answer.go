package wire

import (
	"bytes"
	"context"
	"maps"
	"net"
	"net/http"
)

// noted tells the journal the status before a client can see it.
type noted struct {
	http.ResponseWriter
	note *entry
}

func (n *noted) WriteHeader(status int) {
	if status >= http.StatusOK { // what comes before is not the answer yet
		n.note.answered(status)
	}
	n.ResponseWriter.WriteHeader(status)
}

func (n *noted) Write(p []byte) (int, error) {
	n.note.answered(http.StatusOK)
	return n.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach what the wrapped writer can do.
func (n *noted) Unwrap() http.ResponseWriter { return n.ResponseWriter }

// held is an answer that was given and not yet sent.
type held struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

// hold lets the call have its whole effect, whatever the client does meanwhile, and keeps the answer.
func hold(next http.Handler, req *http.Request) *held {
	h := &held{header: http.Header{}}
	next.ServeHTTP(h, req.WithContext(context.WithoutCancel(req.Context())))
	return h
}

func (h *held) Header() http.Header { return h.header }

func (h *held) WriteHeader(status int) {
	if h.code == 0 && status >= http.StatusOK {
		h.code = status
	}
}

func (h *held) Write(p []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	return h.body.Write(p)
}

func (h *held) status() int {
	if h.code == 0 {
		return http.StatusOK
	}
	return h.code
}

func (h *held) release(w http.ResponseWriter) {
	maps.Copy(w.Header(), h.header)
	w.WriteHeader(h.status())
	_, _ = w.Write(h.body.Bytes()) // a client that left needs no answer
}

// reset breaks the connection so that the client sees a reset, not an orderly end.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // net/http's own way of breaking off
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // the kernel then sends RST in place of FIN
	}
	_ = conn.Close()
}
