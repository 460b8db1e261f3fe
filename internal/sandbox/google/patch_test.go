package google_test

import (
	"maps"
	"slices"
	"testing"

	notebooksv2 "google.golang.org/api/notebooks/v2"

	"github.com/data-access/terraform-provider-provisioner/internal/sandbox/google"
)

func (p *project) patch(name, mask string, i *notebooksv2.Instance) (*notebooksv2.Operation, error) {
	return p.instances.Patch(name, i).UpdateMask(mask).Do()
}

func setup(s notebooksv2.GceSetup) *notebooksv2.Instance { return &notebooksv2.Instance{GceSetup: &s} }

func TestAPatchChangesWhatItsMaskNames(t *testing.T) {
	p := open(t, google.Options{})
	name := p.running("ann", personal("ann@example.com"))
	before := p.get(name)
	op, err := p.patch(name, "gce_setup.tags,gceSetup.minCpuPlatform", &notebooksv2.Instance{
		Labels:   map[string]string{"not": "named"},
		GceSetup: &notebooksv2.GceSetup{Tags: []string{"mine"}, MinCpuPlatform: "Intel Haswell", MachineType: "n1-standard-4"},
	})
	p.must(err)
	if got := p.get(name); len(got.GceSetup.Tags) != 2 || got.State != "ACTIVE" {
		t.Errorf("the patch shows before it is done: %+v", got.GceSetup)
	}
	p.settled(op, nil)
	after := p.get(name)
	if !slices.Equal(after.GceSetup.Tags, []string{"mine", "deeplearning-vm", "notebook-instance"}) || after.GceSetup.MinCpuPlatform != "Intel Haswell" {
		t.Errorf("got %+v", after.GceSetup)
	}
	if !maps.Equal(after.Labels, before.Labels) || after.GceSetup.MachineType != before.GceSetup.MachineType || after.UpdateTime == before.UpdateTime {
		t.Errorf("got %+v", after)
	}
	p.settled(p.patch(name, "gce_setup.min_cpu_platform", &notebooksv2.Instance{})) // named and absent: cleared
	if got := p.get(name).GceSetup.MinCpuPlatform; got != "" {
		t.Errorf("got %s", got)
	}
}

func TestMasks(t *testing.T) {
	p := open(t, google.Options{})
	name := p.running("ann", personal("ann@example.com"))
	for mask, message := range map[string]string{
		"instance_owners":                   "cannot be updated",
		"enable_managed_euc":                "cannot be updated",
		"gce_setup":                         "cannot be updated",
		"gce_setup.service_accounts":        "cannot be updated",
		"gce_setup.boot_disk.disk_size_gb":  "cannot be updated",
		"labels.owner-hash":                 "cannot be updated",
		"*":                                 "there is no field",
		"gce_setup.nope":                    "there is no field",
		"labels,gce_setup.machine_typ":      "there is no field",
		"gce_setup.machine_type.first_word": "there is no field",
	} {
		_, err := p.patch(name, mask, personal("bo@example.com"))
		refused(t, err, 400, "INVALID_ARGUMENT", message)
	}
	_, err := p.instances.Patch(name, &notebooksv2.Instance{}).Do()
	refused(t, err, 400, "INVALID_ARGUMENT", "update_mask")
}

func TestMetadataAndLabelsMergeOrAreReplaced(t *testing.T) {
	for _, c := range []struct {
		mode             google.PatchMode
		metadata, labels map[string]string
	}{
		{
			google.Merge,
			map[string]string{"idle-timeout-seconds": "3600", "notebook-disable-root": "true"},
			map[string]string{"owner-hash": "71d4f55f", "cost": "b", "notebooks-managed-euc": "true"},
		},
		{
			google.Replace,
			map[string]string{"gcs-data-bucket": "", "notebook-disable-root": "true"},
			map[string]string{"cost": "b", "old": "", "notebooks-managed-euc": "true"},
		},
	} {
		t.Run(string(c.mode), func(t *testing.T) {
			p := open(t, google.Options{})
			p.Behave(func(b *google.Behaviours) { b.MetadataMode = c.mode })
			i := personal("ann@example.com")
			i.GceSetup.Metadata["gcs-data-bucket"] = "b"
			i.Labels["old"] = "x"
			name := p.running("ann", i)
			system := p.get(name).GceSetup.SystemMetadata
			p.settled(p.patch(name, "labels,gce_setup.metadata", &notebooksv2.Instance{
				Labels:   map[string]string{"cost": "b", "old": ""},
				GceSetup: &notebooksv2.GceSetup{Metadata: map[string]string{"gcs-data-bucket": "", "notebook-disable-root": "true"}},
			}))
			after := p.get(name)
			own := maps.Clone(after.GceSetup.Metadata)
			maps.DeleteFunc(own, func(key, _ string) bool {
				return system[key] != "" || key == "restriction" || key == "enable-guest-attributes"
			})
			if !maps.Equal(own, c.metadata) || !maps.Equal(after.Labels, c.labels) {
				t.Errorf("got %v %v, want %v %v", own, after.Labels, c.metadata, c.labels)
			}
			if after.GceSetup.Metadata["proxy-mode"] != "mail" {
				t.Error("the server's own metadata is gone")
			}
		})
	}
}

func TestMetadataThatAPatchCannotChange(t *testing.T) {
	p := open(t, google.Options{})
	i := personal("ann@example.com")
	i.GceSetup.Metadata["post-startup-script"] = "gs://b/x"
	name := p.running("ann", i)
	for key, message := range map[string]string{
		"proxy-mode":            `metadata key "proxy-mode" is protected by Workbench Notebooks`,
		"ssh-keys":              "protected",
		"install-nvidia-driver": "only be set at instance creation",
		"post-startup-script":   "only be set at instance creation",
	} {
		op, err := p.patch(name, "gce_setup.metadata", setup(notebooksv2.GceSetup{Metadata: map[string]string{key: "gs://b/y"}}))
		p.must(err)
		p.failed(op, 3, message)
	}
	p.settled(p.patch(name, "gce_setup.metadata", setup(notebooksv2.GceSetup{Metadata: map[string]string{"post-startup-script": "gs://b/x"}}))) // as it was
	if got := p.get(name); got.GceSetup.Metadata["proxy-mode"] != "mail" || got.State != "ACTIVE" {
		t.Errorf("a failed patch changed something: %+v", got.GceSetup.Metadata)
	}
}

func TestAMachineChangesWhileItIsOff(t *testing.T) {
	p := open(t, google.Options{})
	name := p.running("ann", personal("ann@example.com"))
	machine := func() (*notebooksv2.Operation, error) {
		return p.patch(name, "gce_setup.machine_type,gce_setup.accelerator_configs.type,gce_setup.accelerator_configs.core_count", setup(notebooksv2.GceSetup{
			MachineType:        "n1-standard-8",
			AcceleratorConfigs: []*notebooksv2.AcceleratorConfig{{Type: "NVIDIA_TESLA_T4", CoreCount: 1}},
		}))
	}
	refused(t, second(machine()), 400, "FAILED_PRECONDITION", "must be stopped")
	refused(t, second(p.patch(name, "gce_setup.shielded_instance_config.enable_secure_boot", setup(notebooksv2.GceSetup{
		ShieldedInstanceConfig: &notebooksv2.ShieldedInstanceConfig{EnableSecureBoot: true},
	}))), 400, "FAILED_PRECONDITION", "must be stopped")
	p.settled(p.patch(name, "gce_setup.machine_type", setup(notebooksv2.GceSetup{MachineType: "e2-standard-8"}))) // nothing changes

	p.settled(p.instances.Stop(name, &notebooksv2.StopInstanceRequest{}).Do())
	p.settled(machine())
	got := p.get(name)
	if got.GceSetup.MachineType != "n1-standard-8" || got.GceSetup.AcceleratorConfigs[0].CoreCount != 1 || got.State != "STOPPED" {
		t.Errorf("got %+v", got.GceSetup)
	}
}

func TestPublicAccessGoesOneWay(t *testing.T) {
	p := open(t, google.Options{})
	i := personal("ann@example.com")
	i.GceSetup.DisablePublicIp = false
	name := p.running("ann", i)
	both := "gce_setup.disable_public_ip,disable_proxy_access"
	p.settled(p.patch(name, both, &notebooksv2.Instance{DisableProxyAccess: true, GceSetup: &notebooksv2.GceSetup{DisablePublicIp: true}}))
	if got := p.get(name); !got.DisableProxyAccess || !got.GceSetup.DisablePublicIp {
		t.Errorf("got %+v", got)
	}
	for _, mask := range []string{"gce_setup.disable_public_ip", "disable_proxy_access"} {
		_, err := p.patch(name, mask, &notebooksv2.Instance{
			ForceSendFields: []string{"DisableProxyAccess"},
			GceSetup:        &notebooksv2.GceSetup{ForceSendFields: []string{"DisablePublicIp"}},
		})
		refused(t, err, 400, "INVALID_ARGUMENT", "cannot be set back to false")
	}
}
