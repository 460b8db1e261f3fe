package runner

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Call is one command that a program gave.
type Call struct {
	At      time.Time         `json:"at"`
	Machine string            `json:"machine"`
	Words   []string          `json:"words"` // its name first
	Dir     string            `json:"dir"`
	Env     map[string]string `json:"env,omitempty"` // without what every command of the machine has
	Status  int               `json:"status"`        // -1: it did not end
}

// String is the command as a person types it, for plain words.
func (c Call) String() string { return strings.Join(c.Words, " ") }

// Order is what the runner does instead of what a machine would. The first that matches a call counts.
type Order struct {
	Command    string `json:"command"`              // words that the call begins with, such as "git clone"
	Containing string `json:"containing,omitempty"` // that the call has anywhere, such as "/summary.json"
	Status     int    `json:"status,omitempty"`     // that it ends with
	Print      string `json:"print,omitempty"`      // on its standard output
	Hang       bool   `json:"hang,omitempty"`       // it does not end by itself
	Times      int    `json:"times,omitempty"`      // how often; default 1, -1 for ever
}

// Order adds an order.
func (r *Runner) Order(o Order) {
	if o.Times == 0 {
		o.Times = 1
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.orders = append(r.orders, o)
}

// Result is how a suite ends.
type Result struct {
	Passed  int  `json:"passed"`
	Failed  int  `json:"failed"`
	Skipped int  `json:"skipped"`
	Errors  int  `json:"errors"`
	Crash   bool `json:"crash"` // it ends in the middle, without a result
	Hang    bool `json:"hang"`  // it does not end by itself
}

// Suite orders the result of a suite: python, node, build, selftest, ams or manager.
func (r *Runner) Suite(name string, result Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.results[name] = result
}

func (r *Runner) suite(name string) Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.results[name]
}

// Calls are all commands so far that begin with some words, oldest first.
func (r *Runner) Calls(words ...string) []Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := []Call{}
	for _, c := range r.calls {
		if len(c.Words) >= len(words) && slices.Equal(c.Words[:len(words)], words) {
			found = append(found, c)
		}
	}
	return found
}

func (r *Runner) port() string {
	_, port, _ := net.SplitHostPort(r.listener.Addr().String())
	return port
}

func (r *Runner) serve(ctx context.Context) {
	defer r.stopped.Done()
	for {
		conn, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.stopped.Add(1)
		go func() {
			defer r.stopped.Done()
			defer conn.Close()
			if err := r.answer(ctx, conn); err != nil && !errors.Is(err, io.EOF) && ctx.Err() == nil {
				r.complain("answer a stand-in", err)
			}
		}()
	}
}

// reply is what a command does.
type reply struct {
	status int
	out    string
	toErr  bool
}

func (r *Runner) answer(ctx context.Context, conn net.Conn) error {
	asked, err := read(bufio.NewReader(conn))
	if err != nil {
		return err
	}
	m, err := r.machine(asked.machine)
	if err != nil {
		return io.EOF // it was forgotten, and ends soon
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { // a command that was killed needs no answer
		_, _ = io.Copy(io.Discard, conn)
		cancel()
	}()
	call := Call{At: r.options.Clock.Now().UTC(), Machine: m.id, Words: asked.words, Dir: asked.dir, Env: asked.env, Status: -1}
	r.mu.Lock()
	at := len(r.calls)
	r.calls = append(r.calls, call)
	r.mu.Unlock()
	did, err := r.perform(ctx, m, asked)
	if err != nil {
		return io.EOF
	}
	r.mu.Lock()
	if at < len(r.calls) && r.calls[at].Machine == m.id {
		r.calls[at].Status = did.status
	}
	r.mu.Unlock()
	stream := 1
	if did.toErr {
		stream = 2
	}
	_, _ = fmt.Fprintf(conn, "%d %d\n%s", did.status, stream, did.out)
	return nil
}

// perform does what was ordered, or what a machine would. An error says that the command does not end by itself.
func (r *Runner) perform(ctx context.Context, m *machine, asked question) (reply, error) {
	if o, ok := r.ordered(strings.Join(asked.words, " ")); ok {
		if o.Hang {
			<-ctx.Done()
			return reply{}, ctx.Err()
		}
		return reply{status: o.Status, out: o.Print}, nil
	}
	command, ok := commands[asked.words[0]]
	if !ok {
		return reply{}, nil
	}
	return command(ctx, m, asked)
}

func (r *Runner) ordered(line string) (Order, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, o := range r.orders {
		if strings.HasPrefix(line+" ", o.Command+" ") && strings.Contains(line, o.Containing) {
			if o.Times > 0 {
				if r.orders[i].Times--; r.orders[i].Times == 0 {
					r.orders = slices.Delete(r.orders, i, i+1)
				}
			}
			return o, true
		}
	}
	return Order{}, false
}

// question is what a stand-in asks.
type question struct {
	machine string
	words   []string // its name first
	path    string   // it was called by
	dir     string
	env     map[string]string
}

func read(from *bufio.Reader) (question, error) {
	next := func() string {
		text, err := from.ReadBytes(0)
		if err != nil {
			return ""
		}
		return string(bytes.TrimSuffix(text, []byte{0}))
	}
	q := question{machine: next(), env: map[string]string{}}
	name := next()
	q.path, q.dir = next(), next()
	count, err := strconv.Atoi(next())
	if err != nil || count > 10_000 {
		return q, io.EOF // it was killed while it asked
	}
	q.words = []string{filepath.Base(name)}
	for range count {
		q.words = append(q.words, next())
	}
	for {
		variable := next()
		if variable == "" {
			return q, nil
		}
		name, value, _ := strings.Cut(variable, "=")
		if !slices.Contains([]string{"PATH", "TMPDIR", "PWD", "SHLVL", "_", "OLDPWD"}, name) && !strings.HasPrefix(name, "SANDBOX_") {
			q.env[name] = value
		}
	}
}

// option is the value of a command's option, written --name=value or --name value.
func (q question) option(name string) string {
	for i, word := range q.words {
		if value, ok := strings.CutPrefix(word, name+"="); ok {
			return value
		}
		if word == name && i+1 < len(q.words) {
			return q.words[i+1]
		}
	}
	return ""
}
