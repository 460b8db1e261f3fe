// Command bench measures the numbers that must hold: a real Terraform and the provider's real binary, against the
// sandbox, each figure beside the floor that Terraform itself sets on the same machine in the same run.
//
// A missed target is a result, not a failure: the exit status tells only whether everything could be measured.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() { os.Exit(run(os.Args[1:])) }

// run returns the exit status.
func run(args []string) int {
	asked, status := parse(args, os.Stderr)
	if asked == nil {
		return status
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	results, err := measureAll(ctx, *asked)
	if results != nil {
		fmt.Print(results.text())
	}
	if err == nil && asked.out != "" {
		err = writePage(asked.out, results)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 1
	}
	return 0
}
