// Command generate writes the shape of Dataproc's cluster type, out of the discovery document that ships inside
// google.golang.org/api, to the file that it is given.
package main

import (
	"fmt"
	"os"

	"github.com/data-access/terraform-provider-provisioner/internal/notebook/template/shape"
	"github.com/data-access/terraform-provider-provisioner/internal/tools/discovery"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("it takes the file to write, and got %d arguments", len(args))
	}
	document, err := discovery.Read("dataproc/v1")
	if err != nil {
		return err
	}
	text, err := shape.Reduce(document, "Cluster")
	if err != nil {
		return err
	}
	return os.WriteFile(args[0], text, 0o644)
}
