package script

import "time"

// Kind is what a run does.
type Kind string

// The kinds of a run.
const (
	Test    Kind = "test"    // tests a version against a cluster
	Release Kind = "release" // builds the images of a version and pushes them
)

// Inputs of a program. Each is checked before it is put into the program, as one quoted word.
type Inputs struct {
	Kind           Kind
	RunID          string        // unique; a-z, 0-9 and hyphens
	Cluster        string        // that a test run asks; a release may leave it out
	Domain         string        // of the cluster, such as slideruleearth.io; only of a test run
	Organization   string        // that clients ask the cluster as; default: the cluster's name
	Version        string        // a branch, tag or commit; of a release a tag, which is the images' tag too
	Repository     string        // URL that git clones, https
	Registry       string        // of the images, such as 123456789012.dkr.ecr.us-west-2.amazonaws.com
	Region         string        // of the machine
	Bucket         string        // of the summary and the log
	Prefix         string        // of their keys, without a slash at its end
	TokenParameter string        // name of the SSM parameter with the token of a private cluster's tests; "" for none
	DataBucket     string        // of the servers' data, which suites read; "" for none
	DataFolder     string        // in that bucket, without a slash at its end; "" for its top
	Limit          time.Duration // after which the machine ends, whatever happens; whole minutes, from 5
	Overwrite      bool          // a release may replace an image of its tag that has another digest
	MoveLatest     bool          // a release moves the tag latest as well
	Images         []string      // of a release, such as sliderule and ilb; default: those of the released version
}
