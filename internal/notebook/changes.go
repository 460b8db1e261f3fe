package notebook

// Changes is what differs between two configurations of one notebook, and how Google lets it be changed. Fields that
// after leaves to Google do not differ.
func Changes(before, after Wanted) []Change {
	var all []Change
	if p, known := products(nil)[after.Environment]; known {
		all = p.changes(before, after)
	}
	if after.DesiredState != "" && before.DesiredState != after.DesiredState {
		all = append(all, Change{Attribute: "desired_state"})
	}
	return all
}
