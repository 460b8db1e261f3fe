package naming

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

const (
	clusterSuffix = "-cluster"
	userInfix     = "-cluster-"
	userSuffix    = "-asg"
	endSuffix     = "-auto-shutdown"
	retrySuffix   = "-auto-shutdown-retry"

	maxSchedule = 64 // of EventBridge, for rules and for schedules
	hashLength  = 13 // 65 bits: people choose what is hashed, so it must be hard to meet another's on purpose
)

// ClusterStack is the stack of a cluster.
func ClusterStack(cluster string) string { return cluster + clusterSuffix }

// UserStack is the stack of one person's own nodes on a cluster, at most 128 characters long.
//
// The login is in it as it is, unless the name would then read as another person's nodes on another cluster ("foo" and
// "bar-cluster-x" as "foo-cluster-bar" and "x") or CloudFormation would not take it: a hash stands for the login then,
// after a second hyphen, as no login spells it.
func UserStack(cluster, login string) string {
	plain := cluster + userInfix + login + userSuffix
	if read, ok := ParseStack(plain); ok && plainLogin.MatchString(login) && read == (Stack{Cluster: cluster, User: login, IsUser: true}) && len(login) <= MaxCluster {
		return plain
	}
	return cluster + userInfix + "-" + hash(login) + userSuffix
}

// Stack is what the name of a stack says.
type Stack struct {
	Cluster string
	IsUser  bool   // the stack of a person's nodes, not of the cluster itself
	User    string // their login; "" when a hash stands for it
}

// ParseStack reads the name of a stack of ours, whole and never by its beginning: "foo-cluster-x-cluster" belongs to
// foo-cluster-x and is no business of foo. It says false for any other stack.
//
// The stacks of persons that the shipped system made are not always told apart by name alone; where a stack has tags
// or parameters that name its cluster, those decide.
func ParseStack(stack string) (Stack, bool) {
	if cluster, ok := strings.CutSuffix(stack, clusterSuffix); ok && isCluster(cluster) {
		return Stack{Cluster: cluster}, true
	}
	rest, ok := strings.CutSuffix(stack, userSuffix)
	if !ok {
		return Stack{}, false
	}
	at := strings.LastIndex(rest, userInfix)
	if at < 0 {
		return Stack{}, false
	}
	cluster, user := rest[:at], rest[at+len(userInfix):]
	switch {
	case !isCluster(cluster):
		return Stack{}, false
	case isHash(user):
		return Stack{Cluster: cluster, IsUser: true}, true
	case CheckLogin(user) != nil:
		return Stack{}, false
	}
	return Stack{Cluster: cluster, IsUser: true, User: user}, true
}

func isCluster(name string) bool { return CheckCluster(name) == nil }

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:hashLength]
}

func isHash(user string) bool {
	return len(user) == hashLength+1 && user[0] == '-' && strings.Trim(user[1:], "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// Schedule is the one-time schedule that ends a stack. It is also the name of the shipped system's rule, where that
// has at most 64 characters.
func Schedule(stack string) string { return withSuffix(stack, endSuffix) }

// RetrySchedule is the hourly schedule that ends a stack whose first end failed.
func RetrySchedule(stack string) string { return withSuffix(stack, retrySuffix) }

// withSuffix shortens the stack, never the suffix: the hash keeps two long names apart. It cannot meet a name that
// needed no shortening, because no stack of ours ends with a hyphen and thirteen characters of a hash.
func withSuffix(stack, suffix string) string {
	if len(stack)+len(suffix) <= maxSchedule {
		return stack + suffix
	}
	room := maxSchedule - len(suffix) - hashLength - 1
	return strings.TrimRight(stack[:room], "-") + "-" + hash(stack) + suffix
}

// Group is the Auto Scaling group of a cluster's nodes.
func Group(cluster string) string { return cluster + "-asg" }

// Project is the value of the Project tag, which everything that a cluster costs carries.
func Project(cluster string) string { return "cluster-" + cluster }

// Endpoint is the address of a cluster's load balancer. The domain may carry a port.
func Endpoint(cluster, domain string) string { return "https://" + cluster + "." + domain }

// Issuer is the address that issues the tokens of a domain.
func Issuer(domain string) string { return "https://login." + domain }
