package notebook

import "fmt"

// Warn is what somebody should know about a configuration before it is applied: products that Google ended, queries
// that are logged as a service account, notebooks that others can open.
func Warn(w Wanted) []Problem {
	var found problems
	found.iff(w.Environment == Managed, "environment", "Google ended managed notebooks",
		fmt.Sprintf("Support and creation ended on 2025-04-14, and what exists was promised to work until 2026-03-30 only. Creating one most likely fails. The successor is a Workbench instance: environment = %q, with identity = %q to go on reading data as the person.", Workbench, AsUser))
	found.iff(w.Environment == DataprocHub, "environment", "Google ended user-managed notebooks and deprecated Dataproc Hub",
		fmt.Sprintf("Support and creation of the notebooks that a hub runs on ended with managed notebooks (2025-04-14; what exists was promised to work until 2026-03-30), and the hub's page says deprecated since 2026-04-10. Creating one most likely fails. The successors are a Workbench instance (environment = %q) and, for Spark, provisioner_spark_session_template with end-user credentials.", Workbench))
	if w.Identity == AsServiceAccount {
		detail := fmt.Sprintf("With identity = %q whatever the notebook reads is read, logged and billed as the machine's service account.", AsServiceAccount)
		if w.Environment == Managed { // its owner is the account
			detail += " A managed notebook of a service account is not one person's: everybody who may act as that account (iam.serviceAccounts.actAs) can open it."
		}
		found.iff(true, "identity", "Queries will be logged as a service account, not as the person", detail+fmt.Sprintf(" Set identity = %q unless that is what you want.", AsUser))
	}
	return found
}
