// Package run tests a version of SlideRule against a cluster, and releases one, each on a machine of its own that ends
// itself.
//
// A run is one EC2 instance, spot if there is capacity, whose user data is a program of the package script. Three
// things end it: the program when it is done, a shutdown that the program's first line arms, and a schedule of
// EventBridge Scheduler that is made as soon as the machine has an id. What the run came to is two objects in the
// foundation's log bucket: a summary and a log.
package run
