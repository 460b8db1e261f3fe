package run

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
)

// idForm is the id of a run: what passes is safe in a key, a parameter's name and a schedule's name.
var idForm = regexp.MustCompile(`^(test|release)-[0-9]{14}-[a-z0-9]{1,20}$`)

func checkID(id string) error {
	if idForm.MatchString(id) {
		return nil
	}
	return &Invalid{sliderule.Problem{Attribute: "id", Summary: "Unusable id", Detail: fmt.Sprintf("id %.80q: the id of a run is like test-20260102030405-0a1b2c3d4e.", id)}}
}

// Read looks at a run. One that there is nothing of is Vanished, and no error; a look-up that failed is an error. It
// changes nothing.
func (r *Runner) Read(ctx context.Context, id string) (*Run, error) {
	if err := checkID(id); err != nil {
		return nil, err
	}
	doing := "looking at the run " + id
	f, err := r.foundation(ctx)
	if err != nil {
		return nil, failed(doing, err)
	}
	run := &Run{ID: id}
	if _, err := r.look(ctx, f, run); err != nil {
		return nil, failed(doing, err)
	}
	return run, nil
}

// look brings a run up to date, and returns its machine; nil when EC2 does not know it any more.
func (r *Runner) look(ctx context.Context, f *sliderule.Foundation, run *Run) (*machine, error) {
	m, err := r.machineOf(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	return m, r.lookAt(ctx, f, run, m)
}

func (r *Runner) lookAt(ctx context.Context, f *sliderule.Foundation, run *Run, m *machine) error {
	s, err := r.summary(ctx, f, run.ID)
	if err != nil {
		return err
	}
	run.locate(f)
	run.judge(m, s, r.options.Clock.Now().UTC())
	run.Managed = m == nil || run.ManagedBy == r.options.Installation // what a run left in our bucket is ours
	return nil
}

// readers is how many summaries are read at once.
const readers = 8

// List is every run of this installation that has a machine or has left something, oldest first.
func (r *Runner) List(ctx context.Context) ([]*Run, error) {
	const doing = "listing the runs"
	f, err := r.foundation(ctx)
	if err != nil {
		return nil, failed(doing, err)
	}
	machines, err := r.machinesWhere(ctx, filter("tag-key", cloudformation.RunTag), filter("tag:"+cloudformation.ManagedByTag, r.options.Installation))
	if err != nil {
		return nil, failed(doing, err)
	}
	slices.SortStableFunc(machines, func(a, b *machine) int { return cmp.Compare(rank(a), rank(b)) }) // what works counts last
	byID := map[string]*machine{}
	for _, m := range machines {
		if id := m.tag(cloudformation.RunTag); idForm.MatchString(id) {
			byID[id] = m
		}
	}
	ids, err := r.ids(ctx, f)
	if err != nil {
		return nil, failed(doing, err)
	}
	for id := range byID {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(strings.Compare(timeIn(a), timeIn(b)), strings.Compare(a, b)) })
	runs, errs := r.each(ctx, f, slices.Compact(ids), byID)
	for _, err := range errs {
		if err != nil {
			return nil, failed(doing, err)
		}
	}
	return runs, nil
}

// timeIn is the part of an id that sorts by time.
func timeIn(id string) string {
	_, since, _ := strings.Cut(id, "-")
	return since
}

func (r *Runner) each(ctx context.Context, f *sliderule.Foundation, ids []string, machines map[string]*machine) ([]*Run, []error) {
	runs, errs := make([]*Run, len(ids)), make([]error, len(ids))
	var all sync.WaitGroup
	turn := make(chan struct{}, readers)
	for i, id := range ids {
		turn <- struct{}{}
		all.Go(func() {
			runs[i] = &Run{ID: id}
			errs[i] = r.lookAt(ctx, f, runs[i], machines[id])
			<-turn
		})
	}
	all.Wait()
	return runs, errs
}
