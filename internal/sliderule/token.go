package sliderule

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
)

// A request token makes a repeated call the same call, and stands in every event of the operation that it began: by it
// a later run knows what an update under way is going to, and how many nodes there were when. It reads
// provisioner-<operation>-<nodes>-<digest of the target>-<unique>.
const tokenPrefix = "provisioner"

const (
	operationCreate = "create"
	operationUpdate = "update"
	operationDelete = "delete"
)

var tokens atomic.Uint64

func (r *Region) unique() string {
	return strconv.FormatInt(r.options.Clock.Now().UnixNano(), 36) + "x" + strconv.FormatUint(tokens.Add(1), 36)
}

func (r *Region) token(operation string) string {
	return strings.Join([]string{tokenPrefix, operation, "0", "none", r.unique()}, "-")
}

func (r *Region) tokenTo(operation string, to target) string {
	return strings.Join([]string{tokenPrefix, operation, strconv.Itoa(to.size.capacity), to.digest(), r.unique()}, "-")
}

// size is how many nodes a cluster has, and between which numbers requests may move it.
type size struct {
	capacity, min, max int
}

// target is what an operation is to come to.
type target struct {
	size  size
	shape string
}

func (t target) digest() string {
	return digest(fmt.Sprint(t.size.capacity, t.size.min, t.size.max, t.shape))
}

// goal is what a token says of the operation that it began.
type goal struct {
	capacity int
	digest   string
}

// goalOf reads a token of ours; it says false for any other.
func goalOf(token string) (goal, bool) {
	parts := strings.Split(token, "-")
	if len(parts) != 5 || parts[0] != tokenPrefix || (parts[1] != operationCreate && parts[1] != operationUpdate) {
		return goal{}, false
	}
	capacity, err := strconv.Atoi(parts[2])
	return goal{capacity: capacity, digest: parts[3]}, err == nil
}
