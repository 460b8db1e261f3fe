// Command terraform-provider-provisioner serves the provider to Terraform.
package main

import (
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/data-access/terraform-provider-provisioner/internal/provider"
)

// version is set by the linker.
var version = "0.0.0-dev"

func main() {
	debug := flag.Bool("debug", false, "serve a debugger, and print how to attach Terraform to it")
	flag.Parse()
	provider.QuietUnlessAsked()

	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	if err := tf6server.Serve("registry.terraform.io/data-access/provisioner", provider.Server(version), options...); err != nil {
		log.Fatal(err)
	}
}
