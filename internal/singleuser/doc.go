// Package singleuser gives each person one Databricks cluster that is theirs alone.
//
// Its verb is [Fleet.Ensure]: look first, create only what is missing, say what happened. A [Fleet] is one workspace;
// it knows nothing of Terraform.
package singleuser
