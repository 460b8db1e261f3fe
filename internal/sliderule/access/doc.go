// Package access holds the one table that says who may do what with SlideRule clusters, and applies it.
//
// Everything that asks goes through [Table.Decide]: the provider at plan and the service at every request. The package
// knows no cloud and no token; who the caller is has been established before.
package access
