package main

import (
	"encoding/base64"
	"testing"
)

func TestTheLineOfAPlugin(t *testing.T) {
	certificate := base64.RawStdEncoding.EncodeToString([]byte("certificate"))
	l, err := parseListener("1|6|unix|/tmp/plugin1|grpc|" + certificate + "\n")
	if err != nil || l.network != "unix" || l.address != "/tmp/plugin1" || string(l.certificate) != "certificate" {
		t.Errorf("got %+v, %v", l, err)
	}
	for _, line := range []string{"", "This binary is a plugin.", "1|5|unix|/tmp/p|grpc|", "1|6|unix|/tmp/p|netrpc|", "1|6|unix|/tmp/p|grpc|%%"} {
		if _, err := parseListener(line); err == nil {
			t.Errorf("%q was accepted", line)
		}
	}
}
