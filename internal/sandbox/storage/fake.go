// Package storage is Google Cloud Storage in memory: buckets and objects beneath the real clients, by the JSON API and,
// for content, by the XML API too.
//
// The objects live in github.com/fsouza/fake-gcs-server, which also speaks the three upload protocols and serves
// ranges and compressed content. What that library lacks or does otherwise than Google is here: who may ask, what a
// request may say, preconditions, metagenerations, buckets with their settings and policies, and the words of errors.
package storage

import (
	"net/http"
	"sync"
	"time"

	"github.com/fsouza/fake-gcs-server/fakestorage"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
)

// Options say how a fake behaves for its whole life; [Fake.Reset] keeps them.
type Options struct {
	// Clock is the source of time; the machine's clock by default. Only generations, which are plain growing numbers,
	// always follow the machine's.
	Clock await.Clock
	// RateLimits makes a second write to the same object within a second answer 429.
	RateLimits bool
	// Token is the bearer token to accept; any by default.
	Token string
	// Project is the id of the project that owns every bucket; "sandbox-project" by default.
	Project string
	// ProjectNumber is that project's number; 123456789012 by default.
	ProjectNumber int64
}

// Fake is the service. It is safe for concurrent use.
type Fake struct {
	options  Options
	api      *description
	handlers map[string]handler // by the method's id

	mu sync.Mutex
	state
}

// A handler answers one method. The caller holds the lock.
type handler func(*call) (*reply, error)

// state is everything that Reset forgets.
type state struct {
	library         *fakestorage.Server
	buckets         map[string]*bucket
	metagenerations map[version]int64  // of objects whose metadata was changed; of all others it is 1
	written         map[name]time.Time // the last write, for the rate limit
}

// name is an object's, and version one of its generations.
type (
	name    struct{ bucket, object string }
	version struct {
		name
		generation int64
	}
)

// New is a service without buckets.
func New(options Options) (*Fake, error) {
	if options.Clock == nil {
		options.Clock = await.RealClock{}
	}
	if options.Project == "" {
		options.Project = "sandbox-project"
	}
	if options.ProjectNumber == 0 {
		options.ProjectNumber = 123456789012
	}
	api, err := describe()
	if err != nil {
		return nil, err
	}
	f := &Fake{options: options, api: api}
	f.handlers = map[string]handler{
		"storage.buckets.insert":             f.insertBucket,
		"storage.buckets.get":                f.getBucket,
		"storage.buckets.list":               f.listBuckets,
		"storage.buckets.patch":              f.patchBucket,
		"storage.buckets.update":             f.updateBucket,
		"storage.buckets.delete":             f.deleteBucket,
		"storage.buckets.getIamPolicy":       f.getPolicy,
		"storage.buckets.setIamPolicy":       f.setPolicy,
		"storage.buckets.testIamPermissions": f.testPermissions,
		"storage.objects.insert":             f.insertObject,
		"storage.objects.get":                f.getObject,
		"storage.objects.list":               f.listObjects,
		"storage.objects.patch":              f.patchObject,
		"storage.objects.update":             f.updateObject,
		"storage.objects.delete":             f.deleteObject,
	}
	f.state, err = emptyState()
	return f, err
}

func emptyState() (state, error) {
	library, err := fakestorage.NewServerWithOptions(fakestorage.Options{NoListener: true})
	return state{
		library:         library,
		buckets:         map[string]*bucket{},
		metagenerations: map[version]int64{},
		written:         map[name]time.Time{},
	}, err
}

// Reset forgets all buckets and objects; the options stay.
func (f *Fake) Reset() {
	empty, err := emptyState()
	if err != nil {
		panic(err) // it went well in New, and nothing outside this process takes part
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state = empty
}

// ServeHTTP answers as https://storage.googleapis.com does.
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{request: r}
	answer, err := f.answer(w, c)
	if err != nil {
		refusal(err).write(w, c.face)
		return
	}
	answer.write(w)
}

func (f *Fake) answer(w http.ResponseWriter, c *call) (*reply, error) {
	err := f.recognise(c)
	// Google looks at who asks before it looks at what is asked.
	if denied := f.authenticate(c.request); denied != nil {
		return nil, denied
	}
	if err != nil {
		return nil, err
	}
	if err := c.read(w); err != nil { // before the lock: a slow client must not stop all others
		return nil, err
	}
	if err := f.validate(c); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.handlers[c.method.ID](c)
}

func (f *Fake) now() time.Time { return f.options.Clock.Now() }
