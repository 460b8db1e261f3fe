package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// candidate is the version that the demo tests and releases. No registry has it before.
const candidate = "v5.6.0"

func runsFile() string { return filepath.Join(root, "runs.tf") }

// runsDocument is what an admin writes to have a version tested against a cluster and, once that passed, released. Who
// triggers it anew changes the night.
func runsDocument(cluster string, night int) string {
	const name = "v5_6_0"
	return fmt.Sprintf(`resource "provisioner_sliderule_test" %[1]q {
  cluster    = %[2]q
  version    = %[3]q
  triggers   = { night = %[4]q }
  depends_on = [provisioner_sliderule_foundation.this]
}

# Only what passed: it asks the test for the version.
resource "provisioner_sliderule_release" %[1]q {
  cluster = %[2]q
  version = provisioner_sliderule_test.%[1]s.version
}
`, name, cluster, candidate, fmt.Sprint(night))
}

// writeRuns writes the file, and shows what changed in it.
func (d *demo) writeRuns(document string) error {
	before, err := os.ReadFile(runsFile())
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	if err := os.WriteFile(runsFile(), []byte(document), 0o644); err != nil {
		return err
	}
	d.runs = true
	d.screen.say("", "  runs.tf")
	d.screen.say(differing(string(before), document)...)
	return nil
}

// removeRuns takes the file away: what there is to test went with its cluster.
func (d *demo) removeRuns() error {
	if !d.runs {
		return nil
	}
	d.runs = false
	d.screen.say("", "  runs.tf is deleted: the cluster that it tests is gone.")
	return os.Remove(runsFile())
}

// differing are the lines by which two texts differ: those of the first with a minus, and those of the second with a
// plus. Where there was no text before, all lines are new; otherwise lines were reworded, and none came or went.
func differing(before, after string) (lines []string) {
	was, is := strings.Split(before, "\n"), strings.Split(strings.TrimSuffix(after, "\n"), "\n")
	for i, line := range is {
		switch {
		case before == "":
			lines = append(lines, strings.TrimRight("  + "+line, " "))
		case was[i] != line:
			lines = append(lines, "  - "+was[i], "  + "+line)
		}
	}
	return lines
}

// excerpt is the beginning and the end of an error, as a person sees it: of a log only the last few lines.
func excerpt(detail string, logLines int) (lines []string) {
	const head = "The end of its log:"
	before, log, there := strings.Cut(detail, head+"\n")
	for line := range strings.Lines(before) {
		lines = append(lines, wrap("  "+strings.TrimSpace(line), 100)...)
	}
	if !there {
		return lines
	}
	lines = append(lines, "  "+head)
	all := strings.Split(strings.TrimSuffix(log, "\n"), "\n")
	tail, address := all[:len(all)-1], all[len(all)-1]
	if hidden := len(tail) - logLines; hidden > 0 {
		lines = append(lines, fmt.Sprintf("    (… and %d before, left out here)", hidden))
		tail = tail[hidden:]
	}
	for _, line := range tail {
		lines = append(lines, "    "+line)
	}
	return append(lines, "  "+address)
}

// failure is the one error of a run of Terraform; what else went wrong is told as it is.
func failure(r result, err error) (diagnostic, error) {
	if len(r.errors) == 1 {
		return r.errors[0], nil
	}
	return diagnostic{}, cmp.Or(err, fmt.Errorf("Terraform should fail with one error, and there were %d", len(r.errors)))
}
