package strictjson_test

import (
	"testing"

	"github.com/databricks/databricks-sdk-go/service/compute"

	"github.com/data-access/terraform-provider-provisioner/internal/strictjson"
)

func TestCheckAgainstAVendorType(t *testing.T) {
	cases := map[string]struct {
		document string
		want     []string
	}{
		"good":               {`{"spark_version":"15.4.x-scala2.12","num_workers":0,"custom_tags":{"a":"b"},"aws_attributes":{"zone_id":"auto"},"init_scripts":[{"workspace":{"destination":"/x"}}]}`, nil},
		"syntax":             {`{"spark_version":`, []string{`not a JSON document: unexpected EOF (line 1, column 17)`}},
		"syntax, in line 2":  {"{\n  \"a\": 1,\n}", []string{`not a JSON document: invalid character '}' looking for beginning of object key string (line 3, column 1)`}},
		"two documents":      {`{"spark_version":"x"} {}`, []string{`not a JSON document: there is text after the first value`}},
		"not an object":      {`[]`, []string{`the document is [], expected an object`}},
		"unknown, near":      {`{"spark_version":"x","num_wokers":1}`, []string{`unknown field "num_wokers"; did you mean "num_workers"?`}},
		"unknown, far":       {`{"spark_version":"x","zzzzzzzz":1}`, []string{`unknown field "zzzzzzzz"`}},
		"unknown, nested":    {`{"spark_version":"x","aws_attributes":{"zone":"auto"}}`, []string{`unknown field "aws_attributes.zone"; did you mean "zone_id"?`}},
		"wrong type":         {`{"spark_version":"x","num_workers":"two"}`, []string{`field "num_workers" is "two", expected a whole number`}},
		"a fraction":         {`{"spark_version":"x","num_workers":1.5}`, []string{`field "num_workers" is 1.5, expected a whole number`}},
		"null":               {`{"spark_version":"x","num_workers":null}`, []string{`field "num_workers" is null, expected a whole number`}},
		"wrong type in list": {`{"spark_version":"x","ssh_public_keys":["a",2]}`, []string{`field "ssh_public_keys[1]" is 2, expected a text`}},
		"wrong type in map":  {`{"spark_version":"x","custom_tags":{"team":7}}`, []string{`field "custom_tags.team" is 7, expected a text`}},
		"enumeration":        {`{"spark_version":"x","runtime_engine":"PHOTO"}`, []string{`field "runtime_engine" has the value "PHOTO", which is none of NULL, PHOTON, STANDARD; did you mean "PHOTON"?`}},
		"required":           {`{}`, []string{`required field "spark_version" is missing`}},
		"the SDK's own aids": {`{"spark_version":"x","ForceSendFields":[]}`, []string{`unknown field "ForceSendFields"`}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			problems := strictjson.Check([]byte(c.document), compute.CreateCluster{})
			if len(problems) != len(c.want) {
				t.Fatalf("got %v, want %v", problems, c.want)
			}
			for i, p := range problems {
				if p.Error() != c.want[i] {
					t.Errorf("got  %s\nwant %s", p.Error(), c.want[i])
				}
			}
		})
	}
}
