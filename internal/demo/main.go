// Command demo shows the provider at work, to a person who has an account nowhere: a real Terraform applies the example
// repository of a governance admin to clouds that run on this machine. What it says it has also checked.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == serveAhead {
		os.Exit(serve(os.Args[2:]))
	}
	os.Exit(run())
}

// run returns the exit status: 0 when every claim held, 1 when not, 128 + n for signal n.
func run() int {
	d := demo{began: time.Now(), screen: newScreen(os.Stdout)}
	flag.StringVar(&d.options.terraform, "terraform", "terraform", "the Terraform `CLI`")
	flag.StringVar(&d.options.cliConfig, "cli-config", ".cache/terraformrc", "the CLI configuration `file` that scripts/mirror.sh wrote")
	flag.Float64Var(&d.options.speed, "speed", 60, "how many `times` faster than the clouds clusters start, stop and install")
	flag.Parse()

	stop := listen()
	defer stop.end()
	d.hurry = stop.hurry
	d.screen.broken = func() { stop.because(syscall.SIGPIPE) } // nobody reads on, as in: make demo | head

	err := d.play(stop.ctx, steps())
	closed := d.close()
	var signal interrupted
	switch {
	case errors.As(context.Cause(stop.ctx), &signal):
		fmt.Fprintf(os.Stderr, "\nStopped (%s). Terraform, the provider and the clouds have ended.\n", signal)
		return 128 + int(signal.Signal)
	case err != nil:
		d.explain(os.Stderr, err)
		return 1
	case closed != nil:
		fmt.Fprintln(os.Stderr, "demo: the clouds did not end:", closed)
		return 1
	}
	d.farewell()
	return 0
}
