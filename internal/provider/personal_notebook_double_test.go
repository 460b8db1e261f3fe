package provider_test

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

const elsewhereAddress = "provisioner_personal_notebook.elsewhere"

// A notebook has its person's files on it: it must not be deleted because somebody renamed a resource.
func TestARenamedNotebookNeedsAMovedBlock(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	renamed := strings.Replace(anas(), `"test"`, `"elsewhere"`, 1)
	w.run(
		w.apply(anas(), does(creates)),
		w.apply(renamed, refused("A notebook would be deleted and made anew", anasNotebook, "ana.diaz@example.com", "moved")),
		w.apply(anas(), does(noop), checks(w.wrote("POST instances"))),
		w.apply(renamed+"moved {\n  from = "+notebookAddress+"\n  to   = "+elsewhereAddress+"\n}\n",
			func(s *resource.TestStep) {
				s.ConfigPlanChecks.PreApply = []plancheck.PlanCheck{plancheck.ExpectResourceAction(elsewhereAddress, noop)}
			},
			checks(w.wrote("POST instances"))),
	)
}

// Whichever of the two Terraform asks about first.
func TestBothSidesOfAMoveAreRefused(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"create", "destroy"} {
		w := newNotebookWorld(t)
		w.seedOurs(inZone+anasNotebook, "ana.diaz@example.com", anaLabel)
		p := w.protocol()
		said := map[string]func() string{"create": p.plansAnas, "destroy": p.plansTheEndOfAnas}
		second := map[string]string{"create": "destroy", "destroy": "create"}[first]
		if one := said[first](); strings.Contains(one, "ERROR") {
			t.Errorf("%s alone is refused: %s", first, one)
		}
		if other := said[second](); !strings.Contains(other, "ERROR: A notebook would be deleted and made anew") {
			t.Errorf("%s after %s says %q", second, first, other)
		}
	}
}

// A notebook that is left where it is may be found again at another address.
func TestAnAbandonedNotebookMayMove(t *testing.T) {
	t.Parallel()
	w := newNotebookWorld(t)
	w.seedOurs(inZone+anasNotebook, "ana.diaz@example.com", anaLabel)
	p := w.protocol()
	p.plansAnas()
	if said := p.plansTheEndOf(map[string]tftypes.Value{"on_destroy": text("abandon")}); strings.Contains(said, "ERROR") {
		t.Errorf("got %s", said)
	}
}

func TestTwoResourcesForOneNotebookAreToldOfInAnyOrder(t *testing.T) {
	t.Parallel()
	const told = "WARNING: Two resources for one notebook"
	for name, steps := range map[string][]func(*protocol) string{
		"read, then planned":      {(*protocol).readsAnas, (*protocol).plansAnas},
		"planned, then read":      {(*protocol).plansAnas, (*protocol).readsAnas},
		"twice in the state":      {(*protocol).readsAnas, (*protocol).readsAnas},
		"read, and nobody else's": {(*protocol).readsAnas},
	} {
		w := newNotebookWorld(t)
		w.seedOurs(inZone+anasNotebook, "ana.diaz@example.com", anaLabel)
		p := w.protocol()
		for i, step := range steps {
			if said := step(p); strings.Contains(said, told) != (i == 1) {
				t.Errorf("%s, step %d: %q", name, i, said)
			}
		}
	}
}

func (p *protocol) plansAnas() string {
	return p.warningsOf(notebookType, map[string]tftypes.Value{
		"user_email": text("ana.diaz@example.com"), "on_destroy": text("delete"), "identity": text("user"),
		"third_party_identity": tftypes.NewValue(tftypes.Bool, false), "deletion_protection": tftypes.NewValue(tftypes.Bool, false),
	})
}

func (p *protocol) plansTheEndOfAnas() string { return p.plansTheEndOf(nil) }

func (p *protocol) plansTheEndOf(changed map[string]tftypes.Value) string {
	p.t.Helper()
	of := p.schemas.ResourceSchemas[notebookType].ValueType()
	state := notebookState(of)
	for k, v := range changed {
		state[k] = v
	}
	gone := p.dynamic(tftypes.NewValue(of, nil))
	reply, err := p.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{TypeName: notebookType, PriorState: p.dynamic(object(of, state)), ProposedNewState: gone, Config: gone})
	if err != nil {
		p.t.Fatal(err)
	}
	return told(reply.Diagnostics)
}

func (p *protocol) readsAnas() string {
	p.t.Helper()
	return p.readsOf(notebookType, notebookState(p.schemas.ResourceSchemas[notebookType].ValueType()))
}
