package sliderule

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/access"
	templates "github.com/data-access/terraform-provider-provisioner/internal/sliderule/cloudformation"
	"github.com/data-access/terraform-provider-provisioner/internal/sliderule/naming"
)

// Settings are what a cluster was asked for and AWS does not tell as such, as [Wanted] has it. Of what was left out they
// have the defaults of the nodes, and nil for the rest. What changes nothing that is made, such as the hours of funds that
// a budget asks for, is as it was when the cluster was last changed.
//
// They are kept in the stack's template: a field keeps its name and meaning, whatever becomes of Wanted.
type Settings struct {
	Nodes  Nodes
	Zones  []string `json:",omitempty"` // nil: the region's first two, as [Cluster] tells them
	Budget *Budget  `json:",omitempty"`
	Sleep  *Sleep   `json:",omitempty"`
}

func settingsText(w Wanted, zones []string) (string, error) {
	text, err := json.Marshal(Settings{Nodes: w.Nodes, Zones: zones, Budget: w.Budget, Sleep: w.Sleep})
	return string(text), err
}

// Settings looks up what a cluster was asked for, which takes a call for each cluster: it is for an import. They are nil
// when the stack does not say, as somebody else made it. A cluster that is not there is [ErrGone]. The caller has to have
// the cluster.
func (r *Region) Settings(ctx context.Context, cluster string) (*Settings, error) {
	doing := "looking up what the cluster " + cluster + " was asked for"
	if err := r.allow(access.Request{Function: access.Status, Cluster: cluster}); err != nil {
		return nil, failed(doing, err)
	}
	name := naming.ClusterStack(cluster)
	answer, err := ask(ctx, r, cloudFormation(r.config).GetTemplate, &cloudformation.GetTemplateInput{StackName: &name})
	if missingStack(err) {
		err = fmt.Errorf("%w: there is no stack %s", ErrGone, name)
	}
	if err != nil {
		return nil, failed(doing, err)
	}
	text, err := templates.SettingsOf(aws.ToString(answer.TemplateBody))
	if err != nil || text == "" {
		return nil, failed(doing, err)
	}
	var found Settings
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		return nil, failed(doing, fmt.Errorf("the template of %s has settings that cannot be read: %w", name, err))
	}
	return &found, nil
}
