// Command terraform-provider-provisioner serves the provider to Terraform.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/data-access/terraform-provider-provisioner/internal/provider"
)

// version is set by the linker.
var version = "0.0.0-dev"

func main() {
	debug := flag.Bool("debug", false, "serve a debugger, and print how to attach Terraform to it")
	flag.Parse()

	err := providerserver.Serve(context.Background(), provider.New(version), providerserver.ServeOpts{
		Address: "registry.terraform.io/data-access/provisioner",
		Debug:   *debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}
