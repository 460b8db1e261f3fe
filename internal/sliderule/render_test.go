package sliderule_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/budget"
	templates "github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
)

// rendered deploys with the real templates.
func rendered(t *testing.T, w sliderule.Wanted, changes ...func(*sliderule.Options)) error {
	t.Helper()
	r := newCloud(t).region(changes...)
	r.Render(func(w templates.Cluster) (templates.Template, error) {
		w.AMI = "ami-0123456789abcdef0"
		return templates.RenderCluster(w)
	}, renderFoundation)
	_, err := r.Deploy(t.Context(), w, false)
	return err
}

// What Judge has nothing against, the renderer takes: each at its limits, and a little beyond.
func TestWhateverJudgePassesIsRendered(t *testing.T) {
	texts := func(set func(*sliderule.Wanted, string), values ...string) (changes []func(*sliderule.Wanted)) {
		for _, value := range values {
			changes = append(changes, func(w *sliderule.Wanted) { set(w, value) })
		}
		return changes
	}
	numbers := func(set func(*sliderule.Wanted, float64), values ...float64) (changes []func(*sliderule.Wanted)) {
		for _, value := range values {
			changes = append(changes, func(w *sliderule.Wanted) { set(w, value) })
		}
		return changes
	}
	types := make([]string, 41)
	for i := range types {
		types[i] = fmt.Sprintf("c%dg.large", i+7)
	}
	times := make([]string, templates.MostSleepTimes+1)
	for i := range times {
		times[i] = fmt.Sprintf("%d 20 * * *", i)
	}
	changes := slices.Concat(
		texts(func(w *sliderule.Wanted, s string) { w.Cluster = s }, "a", strings.Repeat("a", 40), strings.Repeat("a", 41), "a-b-9", "ps", "sliderule-20260101000000"),
		texts(func(w *sliderule.Wanted, s string) { w.Version = s }, "", "latest", strings.Repeat("v", 128), strings.Repeat("v", 129), "v5.5.0-rc_1", "-", "..", "_"),
		texts(func(w *sliderule.Wanted, s string) { w.Nodes.InstanceTypes = []string{s} }, "a1.metal", "im4gn.large", "m8g.metal-48xl", "x.y", "g5g.xlarge", "hpc7g.16xlarge", "r8g.", "t4g."+strings.Repeat("x", 99)),
		texts(func(w *sliderule.Wanted, s string) { w.Zones = []string{s} }, "us-gov-west-1a", "us-west-2-lax-1a", "us-west-2", "eu-isoe-west-1a", "us-"+strings.Repeat("west-", 50)+"2a"),
		texts(func(w *sliderule.Wanted, s string) { telling(s)(w) }, "a@b.c", " ana@example.org ", "o'neil+x@example.org", strings.Repeat("a", 38)+"@example.org", strings.Repeat("a", 39)+"@example.org", "ana@localhost", "a@b.c,d@e.f"),
		texts(func(w *sliderule.Wanted, s string) { sleeping("0 20 * * *", "0 6 * * *")(w); w.Sleep.TimeZone = s }, "", "UTC", "Etc/GMT+8", "America/Argentina/Buenos_Aires", "US/Pacific", "EST5EDT", "Local", "../UTC"),
		texts(func(w *sliderule.Wanted, s string) { sleeping(s, "0 6 * * *")(w) }, "0 20 * * MON-FRI", "*/5 1,2,3-9 1-15/2 JAN,dec 0,7", "0 20 L * *", "0 20 ? * *", "0  20 * * *", "59 23 31 12 6", strings.Repeat("0,", 60)+"0 20 * * *"),
		numbers(func(w *sliderule.Wanted, n float64) { w.Nodes.SpotMaxPrice = n }, 0, 1e-9, 999.999999, 1000, 1000.1, 1e300),
		numbers(func(w *sliderule.Wanted, n float64) { w.Nodes.VolumeGB = int(n) }, 0, 7, 8, 16384, 16385),
		numbers(func(w *sliderule.Wanted, n float64) { w.Nodes.SpotShare = int(n) }, -1, 0, 1, 100, 101),
		numbers(func(w *sliderule.Wanted, n float64) { costing(n)(w); w.Budget.StartHours = 0 }, 0.01, 1000, 1e9, 1e9+1, 1e300),
		numbers(func(w *sliderule.Wanted, n float64) { w.NodeCapacity = int(n) }, 0, 1, 100, 101),
		numbers(func(w *sliderule.Wanted, n float64) { w.MinNodes = int(n) }, -1, 0, 3, 4),
		numbers(func(w *sliderule.Wanted, n float64) { w.MaxNodes = int(n) }, -1, 0, 2, 3, 100, 101),
		numbers(func(w *sliderule.Wanted, n float64) { w.Nodes.InstanceTypes = types[:int(n)] }, 0, 20, 21, 40, 41),
		numbers(func(w *sliderule.Wanted, n float64) {
			sleeping("0 20 * * *", "0 6 * * *")(w)
			w.Sleep.Down = times[:int(n)]
		}, 0, 1, templates.MostSleepTimes, templates.MostSleepTimes+1),
	)
	passed := 0
	for i, change := range changes {
		w := wanted(change)
		if sliderule.Judge(access.Table{}, administrator, w) != nil {
			continue
		}
		passed++
		if err := rendered(t, w); err != nil {
			t.Errorf("change %d, %+v: %v", i, w, err)
		}
	}
	if passed < 50 {
		t.Errorf("%d of %d passed: this test shows little", passed, len(changes))
	}
}

// And all of it at once, as long as Judge finds room for it: the lists grow in every proportion until it does not.
func TestTheLargestClustersAreRendered(t *testing.T) {
	grow := map[string]func(w *sliderule.Wanted, i int){
		"nodes.instance_types": func(w *sliderule.Wanted, i int) {
			w.Nodes.InstanceTypes = append(w.Nodes.InstanceTypes, fmt.Sprintf("c%dgzzzzzzzzzzzzzz.metal-96xxlarge", i+10)[:32])
		},
		"availability_zones": func(w *sliderule.Wanted, i int) {
			w.Zones = append(w.Zones, fmt.Sprintf("us-governmental-southwestern-2%c", 'a'+i%26))
		},
		"budget.emails": func(w *sliderule.Wanted, i int) {
			w.Budget.Emails = append(w.Budget.Emails, fmt.Sprintf("%s%02d@example.org", strings.Repeat("a", 36), i))
		},
		"sleep": func(w *sliderule.Wanted, i int) {
			long := strings.Repeat("0,", 42)[:83]
			w.Sleep.Down = append(w.Sleep.Down, fmt.Sprintf("%s %d 1-15 1-2 *", long, i%24))
			w.Sleep.Up = append(w.Sleep.Up, fmt.Sprintf("%s %d 1-15 3-4 *", long, i%24))
		},
	}
	priced := func(o *sliderule.Options) {
		o.Prices = budget.DefaultPrices()
		for i := range 99 {
			o.Prices.Instances[fmt.Sprintf("c%dgzzzzzzzzzzzzzz.metal-96xxlarge", i+10)[:32]] = 1
		}
	}
	for first := range grow {
		for second := range grow {
			w := wanted(called(strings.Repeat("a", 40)), nodes(100), costing(templates.MostBudgetUSD))
			w.Version, w.TimeToLive = strings.Repeat("v", 128), 525600*time.Minute
			w.Nodes = sliderule.Nodes{SpotShare: 99, SpotMaxPrice: 999.999999, VolumeGB: templates.MostVolumeGB}
			w.Sleep = &sliderule.Sleep{TimeZone: "America/Argentina/ComodRivadavia"}
			for _, more := range grow { // some of each
				more(&w, 0)
				more(&w, 1)
			}
			for _, attribute := range []string{first, second} {
				for i := len(w.Nodes.InstanceTypes) + len(w.Zones) + len(w.Budget.Emails) + len(w.Sleep.Up); ; i++ { // what it has not
					larger := w
					larger.Sleep, larger.Budget = new(*w.Sleep), new(*w.Budget)
					grow[attribute](&larger, i)
					if sliderule.Judge(access.Table{}, administrator, larger) != nil {
						break
					}
					w = larger
				}
			}
			if err := rendered(t, w, priced); err != nil {
				t.Errorf("%s and %s: %v", first, second, err)
			}
		}
	}
}

func TestWhatDoesNotFitTogetherIsTold(t *testing.T) {
	w := wanted(sleeping("0 20 * * *;0 20 1 * *;0 20 2 * *", "0 6 * * *;0 6 1 * *"), zoned("us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d", "us-west-2e", "us-west-2f"))
	w.Budget = &sliderule.Budget{Budget: budget.Budget{LimitUSD: 100}}
	for i := range 10 {
		w.Budget.Emails = append(w.Budget.Emails, fmt.Sprintf("somebody.%d@example.org", i))
	}
	problems := sliderule.Judge(access.Table{}, administrator, w)
	if len(problems) != 1 || problems[0].Attribute != "budget.emails" || !slices.Equal(problems[0].Others, []string{"availability_zones", "sleep"}) ||
		!strings.Contains(problems[0].Detail, "budget.emails, availability_zones, sleep take ") || !strings.Contains(problems[0].Detail, "which has room for 9000. Leave some of them out, first of budget.emails.") {
		t.Errorf("got %+v", problems)
	}
}

// Judge is asked about everything at once, however odd; what passes is rendered.
func FuzzJudgeAndRender(f *testing.F) {
	f.Add("dev", "v5.5.0", "t4g.2xlarge", "us-west-2a", "ana@example.org", "UTC", "0 20 * * 1-5", 3, 0, 0, 40, 50, 0.5, 100.0)
	f.Add("a", "", "r8g.large", "us-gov-west-1b", "o'neil@example.org", "", "*/5 1-3 * JAN,dec MON", 1, 1, 9, 0, 0, 0.0, 0.01)
	f.Fuzz(func(t *testing.T, cluster, version, machine, zone, email, timeZone, cron string, capacity, least, most, volume, share int, price, limit float64) {
		w := sliderule.Wanted{Cluster: cluster, Version: version, NodeCapacity: capacity, MinNodes: least, MaxNodes: most, TimeToLive: time.Hour, Zones: []string{zone}}
		w.Nodes = sliderule.Nodes{InstanceTypes: []string{machine}, SpotShare: share, SpotMaxPrice: price, VolumeGB: volume}
		w.Sleep = &sliderule.Sleep{Down: []string{cron}, Up: []string{"59 23 31 12 *"}, TimeZone: timeZone}
		telling(email)(&w)
		w.Budget.LimitUSD, w.Budget.StartHours = limit, 0
		c := newCloud(t)
		if c.region().Check(w) != nil {
			return
		}
		if err := rendered(t, w); err != nil && !strings.Contains(err.Error(), "leaves funds") {
			t.Errorf("%+v: %v", w, err)
		}
	})
}
