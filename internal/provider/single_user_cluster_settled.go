package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
)

// settledPlans are the resources that people have by the thousand.
var settledPlans = map[string]settledPlan{
	"provisioner_single_user_cluster":    {typeOf(newSingleUserClusterResource()), clusterIsSettled},
	"provisioner_dataproc_template":      {typeOf(newDataprocTemplateResource()), templateIsSettled},
	"provisioner_spark_session_template": {typeOf(newSparkSessionTemplateResource()), sessionTemplateIsSettled},
	"provisioner_personal_notebook":      {typeOf(newPersonalNotebookResource()), notebookIsSettled},
}

func typeOf(r resource.Resource) tftypes.Type {
	var resp resource.SchemaResponse
	r.Schema(context.Background(), resource.SchemaRequest{}, &resp)
	return resp.Schema.Type().TerraformType(context.Background())
}

// clusterIsSettled: a plan changes a cluster that Terraform proposes as it is only to try a warm-up again, to make a
// purged cluster again, or to go back to the default of what is configured no more.
func clusterIsSettled(_ *clouds, prior, config map[string]tftypes.Value) bool {
	switch {
	case brokeOff(textOf(prior["outcome"]), textOf(prior["warm_up_status"])), textOf(prior["state"]) == statePurged:
		return false
	case !prior["managed"].Equal(tftypes.NewValue(tftypes.Bool, true)) && textOf(prior["on_existing"]) == string(singleuser.AdoptExisting):
		return false
	case config["warm_up"].IsNull() && !prior["warm_up"].Equal(tftypes.NewValue(tftypes.Bool, defaultWarmUp)):
		return false
	case config["name"].IsNull() && textOf(prior["name"]) != nameFor(textOf(prior["user_email"])):
		return false
	}
	for attribute, value := range clusterDefaults {
		if config[attribute].IsNull() && textOf(prior[attribute]) != value {
			return false
		}
	}
	return true
}

func nameFor(email string) string {
	who, err := person.Parse(email)
	if err != nil {
		return ""
	}
	return defaultName(who)
}

func textOf(value tftypes.Value) (text string) {
	_ = value.As(&text) // what is no text is ""
	return text
}
