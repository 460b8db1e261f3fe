package singleuser_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/data-access/terraform-provider-provisioner/internal/singleuser"
)

func TestParseSettingsRefuses(t *testing.T) {
	good := `"spark_version":"15.4.x-scala2.12","node_type_id":"i3.xlarge","num_workers":1,"autotermination_minutes":30`
	tags := make([]string, 43)
	for i := range tags {
		tags[i] = `"t` + strings.Repeat("x", i) + `":"v"`
	}
	for name, c := range map[string]struct{ text, want string }{
		"not JSON":                 {`{`, "not a JSON document"},
		"not an object":            {`[1]`, "expected an object"},
		"null":                     {`null`, "expected an object"},
		"unknown field":            {`{` + good + `,"num_worker":1}`, `unknown field "num_worker"; did you mean "num_workers"?`},
		"unknown nested field":     {`{` + good + `,"aws_attributes":{"zone":"auto"}}`, `did you mean "zone_id"?`},
		"wrong type":               {`{` + good + `,"spark_conf":[]}`, `field "spark_conf" is []`},
		"no spark version":         {`{"num_workers":1,"autotermination_minutes":30}`, `required field "spark_version" is missing`},
		"a name":                   {`{` + good + `,"cluster_name":"x"}`, `"cluster_name" does not belong in a settings file: each person's cluster gets its own name`},
		"an owner":                 {`{` + good + `,"single_user_name":"x"}`, `attribute user_email`},
		"an id":                    {`{` + good + `,"cluster_id":"x"}`, `"cluster_id" does not belong`},
		"a clone":                  {`{` + good + `,"clone_from":{"source_cluster_id":"x"}}`, `"clone_from" does not belong`},
		"never ends":               {`{"spark_version":"x","num_workers":1}`, `"autotermination_minutes" is 0 or unset`},
		"never ends, said so":      {`{"spark_version":"x","num_workers":1,"autotermination_minutes":0}`, `"autotermination_minutes" is 0 or unset`},
		"ends too soon":            {`{"spark_version":"x","num_workers":1,"autotermination_minutes":5}`, `set it between 10 and 10000`},
		"shared mode":              {`{` + good + `,"data_security_mode":"USER_ISOLATION"}`, `a cluster for one person is DATA_SECURITY_MODE_DEDICATED`},
		"two sizes":                {`{` + good + `,"autoscale":{"min_workers":1,"max_workers":2}}`, `exclude each other`},
		"upside down":              {`{"spark_version":"x","autotermination_minutes":30,"autoscale":{"min_workers":4,"max_workers":1}}`, `goes from 4 to 1 workers`},
		"no size":                  {`{"spark_version":"x","autotermination_minutes":30}`, `the cluster has no size`},
		"no workers":               {`{"spark_version":"x","autotermination_minutes":30,"num_workers":0}`, `only a single-node cluster`},
		"negative":                 {`{"spark_version":"x","autotermination_minutes":30,"num_workers":-1}`, `cannot be negative`},
		"single node, no kind":     {`{"spark_version":"x","autotermination_minutes":30,"is_single_node":true}`, `need "kind" to be "CLASSIC_PREVIEW"`},
		"our own tags":             {`{` + good + `,"custom_tags":{"provisioner_owner":"x"}}`, `this provider's own`},
		"too many tags":            {`{` + good + `,"custom_tags":{` + strings.Join(tags, ",") + `}}`, `has 43 entries: 42 are possible`},
		"a library of two kinds":   {`{` + good + `,"libraries":[{"pypi":{"package":"a"},"whl":"/b.whl"}]}`, `"libraries[0]" has the kinds pypi and whl`},
		"a library of no kind":     {`{` + good + `,"libraries":[{}]}`, `"libraries[0]" names no library`},
		"a library twice":          {`{` + good + `,"libraries":[{"pypi":{"package":"a"}},{"pypi":{"package":"a"}}]}`, `are the same library`},
		"a library without name":   {`{` + good + `,"libraries":[{"pypi":{}}]}`, `required field "libraries[0].pypi.package" is missing`},
		"a runtime engine unknown": {`{` + good + `,"runtime_engine":"PHOTO"}`, `did you mean "PHOTON"?`},
	} {
		_, err := singleuser.ParseSettings(c.text)
		var problems *singleuser.SettingsError
		if !errors.As(err, &problems) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

func TestParseSettingsTellsEverythingAtOnce(t *testing.T) {
	_, err := singleuser.ParseSettings(`{"spark_version":1,"num_wrkers":1,"cluster_name":"x"}`)
	var problems *singleuser.SettingsError
	if !errors.As(err, &problems) || len(problems.Problems) != 3 {
		t.Errorf("got %v", err)
	}
}

func TestSettingsThatMeanTheSame(t *testing.T) {
	base := `{"spark_version":"x","num_workers":1,"autotermination_minutes":30,"libraries":[{"pypi":{"package":"a"}},{"whl":"/b.whl"}]`
	for text, want := range map[string]bool{
		base + `}`: true,
		" {\"autotermination_minutes\" : 30, \"num_workers\":1,\n\"libraries\":[{\"whl\":\"/b.whl\"},{\"pypi\":{\"package\":\"a\"}}],\"spark_version\":\"x\"}": true,
		base + `,"enable_elastic_disk":false}`:          true, // nothing said is nothing
		base + `,"enable_elastic_disk":true}`:           false,
		strings.Replace(base, `"a"`, `"a==1"`, 1) + `}`: false,
		strings.Replace(base, `"x"`, `"y"`, 1) + `}`:    false,
		strings.Replace(base, `:1,`, `:2,`, 1) + `}`:    false,
		base + `,"data_security_mode":"SINGLE_USER"}`:   false,
	} {
		if got := settings(t, base+`}`).Equal(settings(t, text)); got != want {
			t.Errorf("equal to %s: %v", text, got)
		}
	}
	old, new := settings(t, base+`,"data_security_mode":"SINGLE_USER"}`), settings(t, base+`,"data_security_mode":"DATA_SECURITY_MODE_DEDICATED"}`)
	if !old.Equal(new) {
		t.Error("the old and the new name of one mode differ")
	}
}
