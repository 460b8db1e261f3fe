package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/process"
)

// The handshake of Terraform's plugins, as Terraform does it: the plugin writes one line that says where it listens
// and with which certificate, and then answers gRPC, which is HTTP/2 with frames. The one empty question that is asked
// here does not need a gRPC library.
const (
	cookieName  = "TF_PLUGIN_MAGIC_COOKIE"
	cookieValue = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
	schemaCall  = "https://localhost/tfplugin6.Provider/GetProviderSchema"
)

// askSchema starts the provider, and returns how long it took from there to its whole schema, and the schema's size.
func (s *stage) askSchema(ctx context.Context) (took time.Duration, size int, err error) {
	certificate, err := selfSigned() // made by Terraform, so not the provider's time
	if err != nil {
		return 0, 0, err
	}
	cmd := exec.Command(s.provider)
	cmd.Env = cleaned(s.environ(), cookieName+"="+cookieValue, "PLUGIN_PROTOCOL_VERSIONS=6",
		"PLUGIN_UNIX_SOCKET_DIR="+s.dir, "PLUGIN_CLIENT_CERT="+string(certificate.pem))
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	running, err := process.Start(cmd, syscall.SIGKILL)
	if err != nil {
		return 0, 0, err
	}
	defer running.Kill()
	defer context.AfterFunc(ctx, running.Kill)()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return 0, 0, fmt.Errorf("the provider says nothing: %w", err)
	}
	client, err := connect(line, certificate.key)
	if err != nil {
		return 0, 0, err
	}
	defer client.CloseIdleConnections()
	size, err = unary(ctx, client, schemaCall)
	return time.Since(began), size, err
}

type identity struct {
	pem []byte
	key tls.Certificate
}

func selfSigned() (identity, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return identity{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true, IsCA: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return identity{}, err
	}
	return identity{
		pem: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		key: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
	}, nil
}

// listener is the line that a plugin writes: core version, protocol, network, address, kind, certificate.
type listener struct {
	network, address string
	certificate      []byte // DER
}

func parseListener(line string) (listener, error) {
	parts := strings.Split(strings.TrimSpace(line), "|")
	if len(parts) < 6 || parts[0] != "1" || parts[1] != "6" || parts[4] != "grpc" {
		return listener{}, fmt.Errorf("this is not the handshake of a plugin of protocol 6: %q", line)
	}
	certificate, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(parts[5], "="))
	if err != nil {
		return listener{}, fmt.Errorf("the plugin's certificate: %w", err)
	}
	return listener{network: parts[2], address: parts[3], certificate: certificate}, nil
}

func connect(line string, key tls.Certificate) (*http.Client, error) {
	l, err := parseListener(line)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(l.certificate)
	if err != nil {
		return nil, err
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(certificate)
	config := &tls.Config{Certificates: []tls.Certificate{key}, RootCAs: trusted, ServerName: "localhost", NextProtos: []string{"h2"}}
	transport := &http.Transport{
		ForceAttemptHTTP2: true,
		DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			raw, err := new(net.Dialer).DialContext(ctx, l.network, l.address)
			if err != nil {
				return nil, err
			}
			secure := tls.Client(raw, config)
			return secure, secure.HandshakeContext(ctx)
		},
	}
	return &http.Client{Transport: transport}, nil
}

// unary makes one gRPC call with an empty message and returns the size of its answer.
func unary(ctx context.Context, client *http.Client, url string) (size int, err error) {
	empty := strings.NewReader("\x00\x00\x00\x00\x00") // not compressed, no bytes
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, empty)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/grpc")
	req.Header.Set("TE", "trailers")
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	status := resp.Trailer.Get("Grpc-Status")
	if status == "" {
		status = resp.Header.Get("Grpc-Status")
	}
	if status != "0" {
		return 0, fmt.Errorf("the plugin answers gRPC status %q %s", status, resp.Trailer.Get("Grpc-Message"))
	}
	if len(body) < 5 || int(binary.BigEndian.Uint32(body[1:5])) != len(body)-5 {
		return 0, errors.New("the plugin's answer is not one gRPC message")
	}
	return len(body) - 5, nil
}
