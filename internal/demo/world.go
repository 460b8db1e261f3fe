package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/await"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox"
	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/slack"
)

// world is everything there is at one moment: what Terraform says, and beside it what the clouds say themselves.
type world struct {
	people   map[string]personal  // Terraform's output, by e-mail
	clusters map[string][]cluster // in the workspace, by the e-mail of the only one who may use it
	google   onGoogle
	aws      onAWS
	messages []slack.Message // in Slack, oldest first
}

// personal is what examples/complete puts out about a person.
type personal struct {
	Cluster    string    `json:"cluster"`
	ClusterID  string    `json:"cluster_id"`
	Outcome    string    `json:"outcome"`
	State      string    `json:"state"`
	Libraries  []library `json:"libraries"`
	URL        string    `json:"url"`
	NotifiedAt string    `json:"notified_at"`

	Notebook *struct {
		ID                string `json:"id"`
		Name              string `json:"name"`
		Outcome           string `json:"outcome"`
		State             string `json:"state"`
		ProxyURL          string `json:"proxy_url"`
		EffectiveIdentity string `json:"effective_identity"`
	} `json:"personal_notebook"`
	Template *struct {
		URI     string `json:"uri"`
		Outcome string `json:"outcome"`
	} `json:"dataproc_template"`
	Session *struct {
		ID      string `json:"id"`
		Outcome string `json:"outcome"`
	} `json:"spark_session_template"`
	SlideRule *slideRuleWords `json:"sliderule_cluster"`
}

// slideRuleWords is what Terraform says of a SlideRule cluster.
type slideRuleWords struct {
	Cluster        string    `json:"cluster"`
	StackID        string    `json:"stack_id"`
	Status         string    `json:"status"`
	CurrentNodes   int       `json:"current_nodes"`
	ExpiresAt      time.Time `json:"expires_at"`
	Endpoint       string    `json:"endpoint"`
	HourlyCostUSD  float64   `json:"hourly_cost_usd"`
	AccruedCostUSD *float64  `json:"accrued_cost_usd"`
}

type library struct {
	Name    string `json:"name"`
	Status  string `json:"status"`
	Message string `json:"message"`
}

// cluster is one as the workspace holds it.
type cluster struct {
	Details     compute.ClusterDetails
	Libraries   []compute.LibraryFullStatus
	Permissions []compute.ClusterAccessControlResponse
}

// stock is everything there is, but for what Terraform says.
func stock(ctx context.Context, s *sandbox.Sandbox) (w world, err error) {
	w = look(s)
	w.aws, err = lookAtAWS(ctx, s)
	return w, err
}

// look takes stock of the clouds but for AWS, which would be asked at every glance; past the list of calls, for the bill
// is Terraform's own.
func look(s *sandbox.Sandbox) world {
	w := world{clusters: map[string][]cluster{}, google: lookAtGoogle(s), messages: s.Slack.Messages()}
	for _, details := range s.Databricks.Clusters() {
		owner := strings.ToLower(details.SingleUserName)
		w.clusters[owner] = append(w.clusters[owner], cluster{
			Details: details, Libraries: s.Databricks.Libraries(details.ClusterId), Permissions: s.Databricks.Permissions(details.ClusterId),
		})
	}
	return w
}

const slowestStop = 15 * time.Second

// settled is the world once nothing is on its way from one state to another.
func settled(ctx context.Context, s *sandbox.Sandbox) (w world, err error) {
	ctx, cancel := context.WithTimeout(ctx, slowestStop)
	defer cancel()
	err = await.Until(ctx, await.RealClock{}, await.Pace{Min: glance, Max: glance}, func(ctx context.Context) (done bool, err error) {
		w, err = stock(ctx, s)
		return !w.moving(), err
	})
	if err != nil {
		return w, fmt.Errorf("the clouds do not come to rest: %w", cmp.Or(context.Cause(ctx), err))
	}
	return w, nil
}

func (w world) moving() bool {
	for _, theirs := range w.clusters {
		for _, c := range theirs {
			if c.Details.State != compute.StateTerminated && c.Details.State != compute.StateRunning {
				return true
			}
		}
	}
	return w.google.moving() || w.aws.moving
}

// messagesTo are those to one person.
func (w world) messagesTo(email string) []slack.Message {
	var theirs []slack.Message
	for _, m := range w.messages {
		if strings.EqualFold(m.Email, email) {
			theirs = append(theirs, m)
		}
	}
	return theirs
}

// readPeople decodes the output of that name.
func readPeople(value json.RawMessage) (map[string]personal, error) {
	if value == nil {
		return nil, errors.New("examples/complete has no output named people, which says what everyone got")
	}
	var raw map[string]personal
	if err := json.Unmarshal(value, &raw); err != nil {
		return nil, fmt.Errorf("the output people is not as expected: %w", err)
	}
	people := map[string]personal{}
	for email, p := range raw {
		people[strings.ToLower(email)] = p
	}
	return people, nil
}

// same compares two things in everything that the clouds know of them.
func same(one, other any) bool {
	a, err1 := json.Marshal(one)
	b, err2 := json.Marshal(other)
	return err1 == nil && err2 == nil && bytes.Equal(a, b)
}

// silent fails when one of the addresses still answers.
func silent(addresses ...string) error {
	for _, address := range addresses {
		at, err := url.Parse(address)
		if err != nil || at.Host == "" {
			continue // it never came up
		}
		connection, err := (&net.Dialer{Timeout: time.Second}).Dial("tcp", at.Host)
		if err == nil {
			_ = connection.Close()
			return fmt.Errorf("%s still answers", address)
		}
	}
	return nil
}
