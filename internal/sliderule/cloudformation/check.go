package cloudformation

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// The forms of what is put into templates and scripts, each for a whole text.
var (
	registryForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?(/[a-z0-9]+([._-][a-z0-9]+)*)*$`)
	ecrForm      = regexp.MustCompile(`^([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?(/.*)?$`)
	bucketForm   = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	keyForm      = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$`)
	amiForm      = regexp.MustCompile(`^ami-[0-9a-f]{8,17}$`)
	armForm      = regexp.MustCompile(`^(a1|[a-z]+[0-9]+g[a-z]*)\.[a-z0-9-]+$`)
	zoneForm     = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]+[a-z]$`)
	profileForm  = regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:instance-profile/([A-Za-z0-9_][A-Za-z0-9+=,.@_-]*/)*([A-Za-z0-9_][A-Za-z0-9+=,.@_-]{0,127})$`)
	cronForm     = regexp.MustCompile(`^[0-9A-Za-z*,/?#-]+( [0-9A-Za-z*,/?#-]+){4}$`)
	timeZoneForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$`)
	emailForm    = regexp.MustCompile(`^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$`)
	tagForm      = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
	ownerForm    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)
	githubForm   = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?$`)
	stackForm    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,63}$`)
)

// The limits of a cluster, AWS's and ours. Who judges what people ask for, before it is rendered, judges by the same.
const (
	MostInstanceTypes = 40 // of one group
	LeastVolumeGB     = 8  // the machine image takes that much
	MostVolumeGB      = 16384
	MostZones         = maxZones
	MostSpotPrice     = 1000 // USD an hour: what is meant in cents or a month is caught
	MostBudgetUSD     = 1e9  // a month
	MostEmails        = 10   // that a budget tells
	LongestEmail      = 50
	MostSleepTimes    = 20 // to sleep, and as many to wake
	LongestCron       = 100

	longestTimeZone = 64
	longestType     = 32
	longestZone     = 32
)

// Room is how many bytes a template has for what people may ask for several of, see [Weight]. The rest is the template
// itself, with names of moderate length.
const Room = 9000

// Weight is how many bytes the template of a cluster takes for its zones after the second, its instance types, its
// budget and its sleep; a little more rather than less. What is asked for stands in the settings once more.
func Weight(c Cluster) (types, zones, budget, sleep int) {
	for _, name := range c.InstanceTypes {
		types += 40 + 2*len(name)
	}
	for _, name := range c.Zones[min(2, len(c.Zones)):] {
		zones += 1100 + 6*len(name)
	}
	if c.Budget != nil && len(c.Budget.Emails) > 0 {
		budget = 1200
		for _, address := range c.Budget.Emails {
			budget += 320 + 5*len(address)
		}
	}
	if c.Sleep != nil {
		for _, expression := range slices.Concat(c.Sleep.Down, c.Sleep.Up) {
			sleep += 215 + 2*len(expression) + len(c.Sleep.TimeZone)
		}
	}
	return types, zones, budget, sleep
}

// IsInstanceType reports whether a name is of AWS's own processors, the only ones that the images are made for.
func IsInstanceType(name string) bool {
	return len(name) <= longestType && armForm.MatchString(name)
}

// IsZone reports whether a name is an availability zone's, such as us-west-2a.
func IsZone(name string) bool { return len(name) <= longestZone && zoneForm.MatchString(name) }

// IsEmail reports whether a budget can tell an address.
func IsEmail(address string) bool {
	return len(address) <= LongestEmail && emailForm.MatchString(address)
}

// IsTimeZone reports whether a name has the form of an IANA time zone, whether or not there is one.
func IsTimeZone(name string) bool {
	return len(name) <= longestTimeZone && timeZoneForm.MatchString(name)
}

func refused(what string, value any, rule string) error {
	return fmt.Errorf("%s %q: %s", what, fmt.Sprint(value), rule)
}

// match refuses a text that does not have a form.
func match(form *regexp.Regexp, what, value, rule string) error {
	if form.MatchString(value) {
		return nil
	}
	return refused(what, value, rule)
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// source is an object of S3.
type source struct {
	bucket, key string
	folder      string // of the key, without the slash at its end; "" at the top of the bucket
}

func parseSource(text string) (source, error) {
	rest, ok := strings.CutPrefix(text, "s3://")
	bucket, key, _ := strings.Cut(rest, "/")
	if !ok || !bucketForm.MatchString(bucket) || !keyForm.MatchString(key) {
		return source{}, refused("certificate source", text, "it is an object such as s3://bucket/folder/example.org.pem, of letters, digits, dots, hyphens and underscores")
	}
	folder := ""
	if at := strings.LastIndexByte(key, '/'); at >= 0 {
		folder = key[:at]
	}
	return source{bucket: bucket, key: key, folder: folder}, nil
}

// repositories is the ARN pattern of a registry's repositories, and its region; both "" when it is not of ECR.
func repositories(registry string) (arn, region string) {
	parts := ecrForm.FindStringSubmatch(registry)
	if parts == nil {
		return "", ""
	}
	partition := "aws"
	switch {
	case parts[3] != "":
		partition = "aws-cn"
	case strings.HasPrefix(parts[2], "us-gov-"):
		partition = "aws-us-gov"
	}
	return fmt.Sprintf("arn:%s:ecr:%s:%s:repository%s/*", partition, parts[2], parts[1], parts[4]), parts[2]
}

// checked is a cluster whose every value is plain, with what follows from them.
type checked struct {
	Cluster
	host           string // the domain without its port
	registryRegion string
	source         source
	publicKey      string            // PEM, as we write it
	profileNames   map[string]string // of the instances that take a name, by resource
}

func check(c Cluster) (checked, error) {
	if c.MaxNodes == 0 {
		c.MaxNodes = c.NodeCapacity
	}
	if len(c.InstanceTypes) == 0 {
		c.InstanceTypes = []string{"t4g.2xlarge"}
	}
	if c.VolumeGB == 0 {
		c.VolumeGB = 40
	}
	made := checked{Cluster: c}
	made.host, _, _ = strings.Cut(c.Domain, ":")
	_, made.registryRegion = repositories(c.Registry)
	if err := first(
		naming.CheckCluster(c.Name), naming.CheckDomain(c.Domain), naming.CheckVersion(c.Version),
		match(registryForm, "registry", c.Registry, "it is a host name, with a port and a path if need be"),
		checkIssuer(c.Issuer),
		match(bucketForm, "log bucket", c.LogBucket, "it is the name of a bucket"),
		match(profileForm, "profile of load balancers", c.BalancerProfile, "it is the ARN of an instance profile: apply the foundation again if it lacks one"),
		match(profileForm, "node profile", c.NodeProfile, "it is the ARN of an instance profile"),
		checkNodes(c), checkSleep(c.Sleep), checkBudget(c.Budget), checkTags(c.Tags), checkSettings(c.Settings),
	); err != nil {
		return checked{}, err
	}
	made.profileNames = map[string]string{
		"LoadBalancer": profileForm.FindStringSubmatch(c.BalancerProfile)[2], "Monitor": profileForm.FindStringSubmatch(c.NodeProfile)[2],
	}
	var err error
	if made.source, err = parseSource(c.CertificateSource); err != nil {
		return checked{}, err
	}
	made.publicKey, err = publicKey(c.PublicKeyPEM)
	return made, err
}

func checkIssuer(issuer string) error {
	host, ok := strings.CutPrefix(issuer, "https://")
	if !ok || naming.CheckDomain(host) != nil {
		return refused("issuer", issuer, "it is https:// and a host name, with a port if need be")
	}
	return nil
}

func checkNodes(c Cluster) error {
	for _, t := range c.InstanceTypes {
		if !IsInstanceType(t) {
			return refused("instance type", t, "it is one of AWS's for arm64, such as t4g.2xlarge: the images are made for no other")
		}
	}
	for i, zone := range c.Zones {
		if !IsZone(zone) || slices.Contains(c.Zones[:i], zone) {
			return refused("availability zone", zone, "it is one such as us-west-2a, named once")
		}
	}
	switch {
	case c.NodeCapacity < 1:
		return refused("node_capacity", c.NodeCapacity, "a cluster has at least one node")
	case c.MinNodes < 0 || c.MinNodes > c.NodeCapacity:
		return refused("min_nodes", c.MinNodes, fmt.Sprintf("it is from 0 to the node capacity of %d", c.NodeCapacity))
	case c.MaxNodes < c.NodeCapacity:
		return refused("max_nodes", c.MaxNodes, fmt.Sprintf("it is at least the node capacity of %d", c.NodeCapacity))
	case len(c.InstanceTypes) > MostInstanceTypes:
		return refused("instance types", len(c.InstanceTypes), fmt.Sprintf("there are at most %d", MostInstanceTypes))
	case c.SpotShare < 0 || c.SpotShare > 100:
		return refused("spot share", c.SpotShare, "it is a percentage")
	case !(c.SpotMaxPrice >= 0 && c.SpotMaxPrice <= MostSpotPrice):
		return refused("spot price", c.SpotMaxPrice, fmt.Sprintf("it is at most %d USD an hour, or 0 for the on-demand price", MostSpotPrice))
	case c.VolumeGB < LeastVolumeGB || c.VolumeGB > MostVolumeGB:
		return refused("volume", c.VolumeGB, fmt.Sprintf("it has from %d to %d GB", LeastVolumeGB, MostVolumeGB))
	case len(c.Zones) > MostZones:
		return refused("availability zones", len(c.Zones), fmt.Sprintf("there are at most %d", MostZones))
	case c.AMI != "" && !amiForm.MatchString(c.AMI):
		return refused("AMI", c.AMI, "it is an id such as ami-0123456789abcdef0")
	}
	return nil
}

func checkSleep(s *Sleep) error {
	if s == nil {
		return nil
	}
	for _, expression := range slices.Concat(s.Down, s.Up) {
		if len(expression) > LongestCron || !cronForm.MatchString(expression) {
			return refused("cron expression", expression, fmt.Sprintf("it has five fields: minute, hour, day of month, month, day of week, and at most %d characters", LongestCron))
		}
	}
	if len(s.Down) == 0 || len(s.Up) == 0 {
		return fmt.Errorf("sleep has %d times to sleep and %d to wake: it needs one of each at least", len(s.Down), len(s.Up))
	}
	if len(s.Down) > MostSleepTimes || len(s.Up) > MostSleepTimes {
		return fmt.Errorf("sleep has %d times to sleep and %d to wake: there are at most %d of each", len(s.Down), len(s.Up), MostSleepTimes)
	}
	if s.TimeZone != "" && !IsTimeZone(s.TimeZone) {
		return refused("time zone", s.TimeZone, "it is a name such as America/New_York")
	}
	return nil
}

func checkBudget(b *Budget) error {
	if b == nil {
		return nil
	}
	if !(b.LimitUSD > 0 && b.LimitUSD <= MostBudgetUSD) {
		return refused("budget", b.LimitUSD, fmt.Sprintf("it is more than 0 USD a month, and at most %d", int(MostBudgetUSD)))
	}
	if len(b.Emails) > MostEmails {
		return refused("e-mail addresses", len(b.Emails), fmt.Sprintf("a budget tells at most %d", MostEmails))
	}
	for i, address := range b.Emails {
		if !IsEmail(address) || slices.Contains(b.Emails[:i], address) {
			return refused("e-mail address", address, fmt.Sprintf("it is one of at most %d characters, named once", LongestEmail))
		}
	}
	return nil
}

// checkTags leaves room for those that are added: AWS takes 50, and CloudFormation adds its own.
func checkTags(tags map[string]string) error {
	for key, value := range tags {
		switch {
		case key == "" || utf8.RuneCountInString(key) > 128 || !tagForm.MatchString(key):
			return refused("tag", key, "a key has 1 to 128 letters, digits, spaces and _.:/=+-@")
		case utf8.RuneCountInString(value) > 256 || !tagForm.MatchString(value):
			return refused("tag "+key, value, "a value has at most 256 letters, digits, spaces and _.:/=+-@")
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			return refused("tag", key, "keys that begin with aws: are AWS's own")
		case key == "Name" || key == "Version" || key == "IsPublic" || key == "NodeCapacity":
			return refused("tag", key, "it is set for each thing")
		}
	}
	if len(tags) > 40 {
		return refused("tags", len(tags), "there are at most 40")
	}
	return match(ownerForm, "tag "+ManagedByTag, tags[ManagedByTag], "what is made bears the name of its installation: without it the foundation's roles may not touch it")
}

// publicKey reads the key and writes it anew, so that nothing else that stood in the text gets into a script.
func publicKey(text string) (string, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil || block.Type != "PUBLIC KEY" {
		return "", fmt.Errorf("the public key is no PEM of a PUBLIC KEY")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return "", fmt.Errorf("the public key: %w", err)
	}
	public, ok := key.(*rsa.PublicKey)
	if !ok {
		return "", fmt.Errorf("the public key is a %T, and tokens are signed with RSA", key)
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return "", fmt.Errorf("the public key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}
