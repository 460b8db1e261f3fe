// Package naming has the names of everything that belongs to a SlideRule cluster, and the rules for the words that
// people may put into them.
//
// The names are those of the shipped system, so that what stands already is found. Every rule is a whole-text match on
// a small alphabet: what passes is safe in a stack name, a DNS label, an image reference and a boot script.
package naming
