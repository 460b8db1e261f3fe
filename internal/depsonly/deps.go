// Package depsonly keeps modules in go.mod while what needs them is being written.
package depsonly

import (
	_ "github.com/aws/aws-sdk-go-v2/service/ec2"
	_ "github.com/aws/aws-sdk-go-v2/service/ecr"
)
