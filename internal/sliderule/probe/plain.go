package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"
	"time"
)

// plain is a failure in words that help somebody who does not know the network's own.
func plain(err error, limit time.Duration) string {
	var (
		name        *net.DNSError
		certificate *tls.CertificateVerificationError
		host        x509.HostnameError
		record      tls.RecordHeaderError
		alert       tls.AlertError
		transport   *url.Error
		dial        *net.OpError
	)
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		return "its name is not known to the name servers"
	case errors.As(err, &name) && !name.IsTimeout:
		return "the name servers do not answer for its name"
	case errors.As(err, &host):
		return "its certificate is for another name"
	case errors.As(err, &certificate):
		return "its certificate is not trusted: " + certificate.Err.Error()
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return "it does not speak TLS"
	case errors.As(err, &alert):
		return "it ended the TLS handshake: " + alert.Error()
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there"
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("it did not answer within %s", limit)
	case errors.As(err, &dial) && dial.Op == "dial" && dial.Timeout(), errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Sprintf("no connection came about within %s", connectLimit)
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "it closed the connection without a whole answer"
	case errors.As(err, &transport): // without the address, which is told already
		return transport.Err.Error()
	}
	return err.Error()
}
