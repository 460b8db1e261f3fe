package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
)

func TestThePersonIsToldOfTheirNotebook(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	plain := anas(`notification = { faq_links = [{ title = "FAQ", url = "https://wiki.example.com/notebooks" }] }`)
	w.run(
		w.apply(plain, does(creates, becomesUnknown("notified_at")), stateHas("notified_at", knownvalue.NotNull())),
		w.apply(plain, does(noop)),
		w.apply(anas(`notification = { text = "Hello" }`, `labels = { team = "data" }`), does(updates), stateHas("notified_at", knownvalue.NotNull())),
	)
	messages := w.Slack.Messages()
	if len(messages) != 1 || messages[0].Email != "ana.diaz@example.com" {
		t.Fatalf("the messages are %+v", messages)
	}
	for _, text := range []string{"Your notebook is ready", anasNotebook, "notebooks.googleusercontent.com", "logged and billed as you", "one click", "180 minutes", "https://wiki.example.com/notebooks"} {
		if !strings.Contains(string(messages[0].Blocks), text) {
			t.Errorf("the message does not say %q: %s", text, messages[0].Blocks)
		}
	}
}

func TestAServiceAccountNeedsNoConsent(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	w.run(w.apply(anas(`notification = { text = "Hello <!channel>" }`, `identity = "service_account"`), stateHas("notified_at", knownvalue.NotNull())))
	if said := string(w.Slack.Messages()[0].Blocks); strings.Contains(said, "one click") || strings.Contains(said, "<!channel>") || !strings.Contains(said, "notebooks.googleusercontent.com") {
		t.Errorf("the message is %s", said)
	}
}

func TestSlackNeverFailsANotebook(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	w.Slack.Unknown("ana.diaz@example.com")
	w.run(
		w.apply(anas(`notification = {}`), stateHas("outcome", "created", "notified_at", knownvalue.Null())),
		w.apply(anas(`notification = {}`), does(noop)),
	)
}
