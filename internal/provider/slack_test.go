package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/wire"
)

func TestThePersonIsToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	longer := strings.Replace(settings, `"autotermination_minutes":30`, `"autotermination_minutes":60`, 1)
	told := variables{"notify": true, "text": "Hello <!channel> & welcome"}
	later := variables{"notify": true, "text": "Hello <!channel> & welcome", "defaults": longer}
	w.run(
		w.step(told, has("notified_at", knownvalue.NotNull())),
		w.step(told, plans(plancheck.ResourceActionNoop)),
		w.step(later, plans(plancheck.ResourceActionUpdate)),
	)
	messages := w.Slack.Messages()
	if len(messages) != 1 || messages[0].Email != "ana.diaz@example.com" {
		t.Fatalf("the messages are %+v", messages)
	}
	for _, text := range []string{"https://wiki.example.com/clusters", "FAQ", "&lt;!channel&gt; &amp; welcome"} {
		if !strings.Contains(string(messages[0].Blocks), text) && !strings.Contains(strings.ReplaceAll(string(messages[0].Blocks), `\u0026`, "&"), text) {
			t.Errorf("the message does not say %q: %s", text, messages[0].Blocks)
		}
	}
	if messages[0].Text == "" {
		t.Error("there is no fallback text")
	}
}

// Slack never fails a cluster: what it cannot do is a warning.
func TestSlackFailuresAreWarnings(t *testing.T) {
	t.Parallel()
	for name, arrange := range map[string]func(*world){
		"an unknown user": func(w *world) { w.Slack.Unknown("ana.diaz@example.com") },
		"a disabled user": func(w *world) { w.Slack.Disabled("ana.diaz@example.com") },
		"closed messages": func(w *world) { w.Slack.CloseDMs("ana.diaz@example.com") },
		"an outage": func(w *world) {
			if err := w.Wire.AddFault(wire.Fault{Vendor: "slack", Kind: wire.Status, Status: 503, Times: -1}); err != nil {
				panic(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			arrange(w)
			w.run(
				w.step(variables{"notify": true, "warm_up": false}, has("outcome", "created", "notified_at", knownvalue.Null())),
				w.step(variables{"notify": true, "warm_up": false}, plans(plancheck.ResourceActionNoop)),
			)
			if n := len(w.Slack.Messages()); n != 0 {
				t.Errorf("%d messages", n)
			}
		})
	}
}

func TestSlackRateLimitIsWaitedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.Wire.AddFault(wire.Fault{Vendor: "slack", Path: "/api/chat.postMessage", Kind: wire.Status, Status: 429, RetryAfter: 1}); err != nil {
		t.Fatal(err)
	}
	w.run(w.step(variables{"notify": true, "warm_up": false}, has("notified_at", knownvalue.NotNull())))
	if n := len(w.Slack.Messages()); n != 1 {
		t.Errorf("%d messages", n)
	}
}
