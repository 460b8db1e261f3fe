package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os/exec"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
)

const usage = `Usage: sandbox [flags] -env
       sandbox [flags] -- COMMAND [ARGUMENT ...]

Runs every cloud on loopback ports of this machine: Databricks, Google Cloud, AWS, Slack, GitHub and the load balancers
of SlideRule clusters.

  -env         prints the environment that leads the real SDKs here, then keeps running until SIGINT or SIGTERM:
                   source <(sandbox -env); terraform apply; kill $PROVISIONER_SANDBOX_PID
  -- COMMAND   runs the command in that environment, ends with its exit status and takes everything down:
                   sandbox -- terraform apply

The environment leads everything that follows these variables here, and nothing to the real clouds:

  DATABRICKS_*                  a workspace: clusters, libraries, permissions
  GOOGLE_*, GCE_METADATA_HOST   Workbench, Dataproc, Cloud Storage, IAM, for the provider and for Google's own
  AWS_*                         CloudFormation, EC2, Scheduler and whatever else clusters need, for every SDK and the CLI
  SLACK_*                       messages to people, and the token that may send them
  GITHUB_*, PROVISIONER_GITHUB_API_URL, SLIDERULE_GITHUB_TOKEN
                                logins to SlideRule, and the token of a member
  PROVISIONER_SLIDERULE_URL     the load balancers of all clusters
  PROVISIONER_SANDBOX           the control address: the calls so far, faults, the clock of AWS, a reset
  PROVISIONER_SANDBOX_PID       with -env, the process to end

Flags:
`

// asked is what the command line asks for; without a command it is -env.
type asked struct {
	options sandbox.Options
	command *exec.Cmd
}

// parse returns nil and an exit status when there is nothing to run.
func parse(args []string, stderr io.Writer) (*asked, int) {
	var a asked
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	env := flags.Bool("env", false, "print the environment and keep running")
	flags.Float64Var(&a.options.Speed, "speed", 60, "how many times faster than the real clouds things settle")
	flags.DurationVar(&a.options.Latency, "latency", 0, "added to every answer, such as 20ms")
	flags.BoolVar(&a.options.RateLimits, "rate-limits", false, "enforce the vendors' rate limits")
	flags.BoolVar(&a.options.WithoutAWS, "without-aws", false, "leave AWS out, which starts faster")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil, 0
	} else if err != nil {
		return nil, 2
	}
	wrong := ""
	switch {
	case a.options.Speed <= 0:
		wrong = "-speed must be above 0"
	case a.options.Latency < 0:
		wrong = "-latency must not be below 0"
	case *env && flags.NArg() > 0:
		wrong = "-env and a command exclude each other"
	case !*env && flags.NArg() == 0:
		flags.Usage()
		return nil, 2
	}
	if wrong != "" {
		fmt.Fprintln(stderr, "sandbox:", wrong)
		return nil, 2
	}
	if flags.NArg() > 0 {
		a.command = inherit(flags.Args())
	}
	return &a, 0
}
