// Package script has the two shell programs of SlideRule runs, which a machine executes as its user data: a test run
// and a release. It renders them from checked values, and reads the summary that each of them leaves.
//
// What a program leaves is two objects of a bucket, whatever happens to it: <prefix>/<run id>/summary.json and
// <prefix>/<run id>/run.log.
package script
