package provider_test

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

const (
	testAction    = "provisioner_sliderule_test"
	releaseAction = "provisioner_sliderule_release"
)

// actor is a provider whose actions are called by the protocol, as a Terraform that knows actions does.
type actor struct {
	*protocol
	tfprotov6.ActionServer
}

// newActor is a provider of a world; time stands still in it while its machines work, as they do so in real time.
func newActor(w *slideruleWorld, jwt string) *actor {
	w.t.Helper()
	w.clock.frozen.Store(true)
	w.t.Cleanup(func() { w.clock.frozen.Store(false) })
	server := w.server()
	return &actor{protocol: slideruleProtocol(w.t, server, "default", jwt), ActionServer: server.(tfprotov6.ActionServer)}
}

// needsMachines leaves a test out where there are none.
func needsMachines(t *testing.T, w *slideruleWorld) {
	t.Helper()
	if w.Runner == nil {
		t.Skip("the machines of runs are executed on Linux only")
	}
	t.Cleanup(func() {
		if err := w.Runner.Err(); err != nil {
			t.Error(err)
		}
	})
}

func (a *actor) config(action string, config fields) *tfprotov6.DynamicValue {
	a.t.Helper()
	schema := a.schemas.ActionSchemas[action]
	if schema == nil {
		a.t.Fatalf("there is no action %s", action)
	}
	return a.dynamic(valueOf(schema.Schema.ValueType(), config))
}

// validates is terraform validate: each error with the place that it is about.
func (a *actor) validates(action string, config fields) (said []string) {
	a.t.Helper()
	reply, err := a.ValidateActionConfig(context.Background(), &tfprotov6.ValidateActionConfigRequest{ActionType: action, Config: a.config(action, config)})
	if err != nil {
		a.t.Fatal(err)
	}
	for _, d := range reply.Diagnostics {
		place := ""
		if d.Attribute != nil {
			place = d.Attribute.String()
		}
		said = append(said, place+" "+told([]*tfprotov6.Diagnostic{d}))
	}
	return said
}

// plans is terraform plan.
func (a *actor) plans(action string, config fields) string {
	a.t.Helper()
	reply, err := a.PlanAction(context.Background(), &tfprotov6.PlanActionRequest{ActionType: action, Config: a.config(action, config)})
	if err != nil {
		a.t.Fatal(err)
	}
	return told(reply.Diagnostics)
}

// invokes is an action that Terraform invokes: what it showed on its way, line by line, and how it ended. Each line is
// also told as it comes.
func (a *actor) invokes(ctx context.Context, action string, config fields, each func(line string)) (lines []string, said string) {
	a.t.Helper()
	stream, err := a.InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: action, Config: a.config(action, config)})
	if err != nil {
		a.t.Fatal(err)
	}
	ended := 0
	for event := range stream.Events {
		switch e := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			if ended > 0 {
				a.t.Errorf("after its end it shows %q", e.Message)
			}
			lines = append(lines, e.Message)
			if each != nil {
				each(e.Message)
			}
		case tfprotov6.CompletedInvokeActionEventType:
			ended++
			said = told(e.Diagnostics)
		}
	}
	if ended != 1 {
		a.t.Errorf("it ended %d times", ended)
	}
	for _, line := range lines {
		if line == "" || strings.Contains(line, "\n") {
			a.t.Errorf("%q is not one line", line)
		}
	}
	return lines, said
}

// inOrder reports whether lines have these texts, each in a line after that of the one before.
func inOrder(t *testing.T, lines []string, texts ...string) {
	t.Helper()
	rest := lines
	for _, text := range texts {
		for len(rest) > 0 && !strings.Contains(rest[0], text) {
			rest = rest[1:]
		}
		if len(rest) == 0 {
			t.Errorf("%q is not where it should be in\n%s", text, strings.Join(lines, "\n"))
			return
		}
		rest = rest[1:]
	}
}
