package script

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

//go:embed programs/*.sh
var programs embed.FS

// maxUserData is what an instance takes, before it is encoded.
const maxUserData = 16 << 10

// A value is put in as the whole right side of an assignment, and nowhere else. The exception is the limit, a number
// that the first line needs before anything is assigned.
var (
	assignment = regexp.MustCompile(`(?m)^([A-Z_]+)=@([A-Z_]+)@$`)
	anywhere   = regexp.MustCompile(`@[A-Z_]+@`)
)

// Render is the program of a run as user data: a shell program whose first command arms the end of its machine. It
// refuses, with an [*InputError] that names the input, whatever is not a plain word.
func Render(in Inputs) (userData string, err error) {
	c, err := check(in)
	if err != nil {
		return "", err
	}
	main, err := programs.ReadFile("programs/" + string(c.Kind) + ".sh")
	if err != nil {
		return "", err
	}
	common, err := programs.ReadFile("programs/common.sh")
	if err != nil {
		return "", err
	}
	return fill(string(main), string(common), table(c))
}

func table(c checked) map[string]string {
	values := map[string]string{
		"KIND": string(c.Kind), "RUN_ID": c.RunID, "LIMIT_MINUTES": fmt.Sprint(c.minutes), "VERSION": c.Version,
		"REPOSITORY": c.Repository, "REGISTRY": c.Registry, "REGISTRY_REGION": c.registryRegion, "REGION": c.Region,
		"BUCKET": c.Bucket, "PREFIX": c.Prefix,
	}
	if c.Kind == Release {
		values["REGISTRY_ID"], values["IMAGES"] = c.registryID, strings.Join(c.Images, " ")
		values["OVERWRITE"], values["MOVE_LATEST"] = fmt.Sprint(c.Overwrite), fmt.Sprint(c.MoveLatest)
		return values
	}
	values["CLUSTER"], values["CLIENT_DOMAIN"], values["CLIENT_ORGANIZATION"] = c.Cluster, c.Domain, c.Organization
	values["TOKEN_PARAMETER"], values["DATA_BUCKET"], values["DATA_FOLDER"] = c.TokenParameter, c.DataBucket, c.DataFolder
	return values
}

// fill puts the values into a program. The table must have exactly what the program asks for.
func fill(main, common string, values map[string]string) (string, error) {
	var wrong []string
	used := map[string]bool{}
	first := "shutdown -h +@LIMIT_MINUTES@ "
	text := strings.Replace(main, first, strings.ReplaceAll(first, "@LIMIT_MINUTES@", values["LIMIT_MINUTES"]), 1)
	text = strings.Replace(text, "\n@COMMON@\n", "\n"+common, 1) // before any value: what a value holds is not read again
	if left := anywhere.FindAllString(assignment.ReplaceAllString(text, ""), -1); len(left) > 0 {
		wrong = left
	}
	text = assignment.ReplaceAllStringFunc(text, func(line string) string {
		parts := assignment.FindStringSubmatch(line)
		value, ok := values[parts[2]]
		if !ok || parts[1] != parts[2] {
			wrong = append(wrong, line)
		}
		used[parts[2]] = true
		return parts[1] + "=" + quoted(value)
	})
	for name := range values {
		if !used[name] {
			wrong = append(wrong, name)
		}
	}
	if len(wrong) > 0 {
		slices.Sort(wrong)
		return "", fmt.Errorf("the program and its table differ: %s", strings.Join(wrong, ", "))
	}
	if len(text) > maxUserData {
		return "", fmt.Errorf("the program has %d bytes, and an instance takes %d", len(text), maxUserData)
	}
	return text, nil
}

// quoted is a text as one word of a shell, whatever is in it.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
