package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// options are what the command line asks for.
type options struct {
	families  []string        // of vendors
	people    []int           // how many, one campaign each
	latencies []time.Duration // of every answer of a vendor
	runs      int             // repetitions, of which the median counts
	applies   int             // repetitions of an apply of many people, which takes minutes
	refresh   bool            // also a refresh-only plan
	limits    bool            // also with the vendors' rate limits
	warm      timings         // how long the cloud takes for one person's cluster
	notebook  time.Duration   // and for one person's notebook
	stack     time.Duration   // and, about, for the stack of one cluster on AWS
	out       string          // the page to write; "" is none
	date      string
	terraform string // path of the CLI; "" finds one
}

// many is from how many resources on an apply is repeated only when asked: its time grows with their square.
const many = 1000

const usage = `Usage: bench [flags]

Measures applies and plans of real rosters with a real Terraform against the sandbox. Run it from the top of the
repository, on a machine that does nothing else; ` + "`make bench`" + ` builds what it needs first.

Flags:
`

// parse returns nil and an exit status when there is nothing to run.
func parse(args []string, stderr io.Writer) (*options, int) {
	o := options{warm: timings{Start: 20 * time.Second, Library: 5 * time.Second, Stop: 5 * time.Second}, notebook: 30 * time.Second, stack: 30 * time.Second}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	asked := flags.String("families", strings.Join(families(), ","), "what to measure, separated by commas")
	people := flags.String("n", "100,1000", "how many people, separated by commas")
	latencies := flags.String("latency", "0,20", "milliseconds that every answer takes, separated by commas")
	flags.IntVar(&o.runs, "runs", 3, "repetitions, of which the median counts")
	flags.IntVar(&o.applies, "applies", 1, fmt.Sprintf("repetitions of an apply of %d resources or more", many))
	flags.BoolVar(&o.refresh, "refresh", false, "also measure a refresh-only plan")
	flags.BoolVar(&o.limits, "limits", true, "also measure the largest roster under the vendors' rate limits")
	flags.StringVar(&o.out, "out", "docs/benchmarks.md", "page to write; empty writes none")
	flags.StringVar(&o.date, "date", time.Now().UTC().Format(time.DateOnly), "date of the run")
	flags.StringVar(&o.terraform, "terraform", "", "path of the CLI; found when empty")
	quick := flags.Bool("quick", false, "a few people once, to see that all works; writes no page unless -out is given")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil, 0
	} else if err != nil {
		return nil, 2
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if *quick {
		o.quicken(given, people)
	}
	err := errors.Join(o.choose(*asked), o.read(*people, *latencies))
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("there are no arguments, only flags: %q", flags.Args())
	}
	if err != nil {
		fmt.Fprintln(stderr, "bench:", err)
		return nil, 2
	}
	return &o, 0
}

// quicken replaces what was not asked for by something small.
func (o *options) quicken(given map[string]bool, people *string) {
	if !given["n"] {
		*people = "20"
	}
	if !given["runs"] {
		o.runs = 1
	}
	if !given["out"] {
		o.out = "" // figures of a few people are not the project's
	}
	o.warm = timings{Start: 5 * time.Second, Library: 2 * time.Second, Stop: 2 * time.Second}
	o.notebook, o.stack = 8*time.Second, 8*time.Second
}

func (o *options) choose(asked string) error {
	for _, name := range strings.Split(asked, ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(families(), name) {
			return fmt.Errorf("-families takes %s, separated by commas: %q", strings.Join(families(), " and "), name)
		}
		o.families = append(o.families, name)
	}
	return nil
}

func (o *options) read(people, latencies string) (err error) {
	if o.people, err = numbers("-n", people, 1); err != nil {
		return err
	}
	milliseconds, err := numbers("-latency", latencies, 0)
	if err != nil {
		return err
	}
	for _, ms := range milliseconds {
		o.latencies = append(o.latencies, time.Duration(ms)*time.Millisecond)
	}
	if o.runs < 1 || o.applies < 1 {
		return errors.New("-runs and -applies must be 1 or more")
	}
	return nil
}

func numbers(name, list string, least int) (all []int, err error) {
	for _, text := range strings.Split(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < least {
			return nil, fmt.Errorf("%s takes numbers from %d on, separated by commas: %q", name, least, text)
		}
		all = append(all, n)
	}
	return all, nil
}

// repeat is how often to create so many resources.
func (o options) repeat(things int) int {
	if things >= many {
		return o.applies
	}
	return o.runs
}
