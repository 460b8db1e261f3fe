package template

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/data-access/terraform-provider-provisioner/internal/person"
)

// maxPath is the longest name that Cloud Storage gives an object, in bytes.
const maxPath = 1024

var (
	fileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)
	// No commas, spaces or wildcards: the list of paths that a hub is given is split at commas.
	folderName = regexp.MustCompile(`^[A-Za-z0-9._=@+-]+$`)
)

// Path is where a person's file stands: <prefix>/<person>/<name>.yaml, such that no person's path begins another's.
// The prefix may be empty, or several folders; slashes around it do not matter. name may be that of a file, with .yaml
// at its end.
func Path(prefix string, who person.Person, name string) (string, error) {
	if who == (person.Person{}) {
		return "", errors.New("a cluster's file is somebody's: there is no e-mail")
	}
	stem := strings.TrimSuffix(strings.TrimSuffix(name, ".yaml"), ".yml")
	if !fileName.MatchString(stem) {
		return "", fmt.Errorf("%q cannot be the name of a file: write letters, digits, dots, _ and -, beginning with a letter or a digit, such as single-node", name)
	}
	var folders []string
	for folder := range strings.SplitSeq(strings.Trim(prefix, "/"), "/") {
		switch {
		case folder == "": // doubled, or no prefix at all
		case folder == "." || folder == ".." || !folderName.MatchString(folder):
			return "", fmt.Errorf("the prefix %q has the folder %q: write letters, digits and . _ = @ + -, without . and .. by themselves", prefix, folder)
		default:
			folders = append(folders, folder)
		}
	}
	path := strings.Join(append(folders, who.Folder(), stem+".yaml"), "/")
	if len(path) > maxPath {
		return "", fmt.Errorf("the path of %s has %d bytes, and Cloud Storage takes %d: shorten the prefix or the name", who.Email(), len(path), maxPath)
	}
	return path, nil
}

// above is the folder that holds everybody's folders, as a prefix for lists: "" or with a slash at its end.
func above(name string) string {
	folders := strings.Split(name, "/")
	return strings.Join(append(folders[:max(0, len(folders)-2)], ""), "/")
}
