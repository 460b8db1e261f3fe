package google

import "maps"

// allAnswers are the methods that the fake implements, by their keys. What a document has and this table has not is
// answered with 501: methods for the console and for the machines themselves, and products that nobody needs here.
func (f *Fake) allAnswers() map[string]answer {
	all := map[string]answer{}
	for _, some := range []map[string]answer{f.workbenchAnswers(), f.legacyAnswers(), f.runtimeAnswers(), f.clusterAnswers(), f.sessionAnswers(), f.accessAnswers()} {
		maps.Copy(all, some)
	}
	for _, api := range []string{
		"notebooks.v1.projects.locations.operations.", "notebooks.v2.projects.locations.operations.",
		"dataproc.v1.projects.locations.operations.", "dataproc.v1.projects.regions.operations.",
	} {
		all[api+"get"] = f.getOperation
		all[api+"list"] = f.listOperations
		all[api+"cancel"] = f.cancelOperation
		all[api+"delete"] = f.deleteOperation
	}
	return all
}

// The documented defaults end with Dataproc; those of Notebooks are not published, and 50 and 1000 are an assumption.
const (
	notebooksPage, notebooksMost = 50, 1000
	dataprocPage, dataprocMost   = 200, 1000
	accountsPage, accountsMost   = 20, 100
)

func (f *Fake) workbenchAnswers() map[string]answer {
	const at = "notebooks.v2.projects.locations.instances."
	zone := func(next answer) answer { return inPlace(zoneForm, next) }
	changes := func(prepare func(*call, *object) (change, error)) answer { return zone(f.do(workbenchKind, prepare)) }
	access := f.policyOf(workbenchKind)
	return map[string]answer{
		at + "create":             zone(f.createWorkbench),
		at + "get":                zone(f.get(workbenchKind)),
		at + "list":               anywhere(zoneForm, f.list(listing{kind: workbenchKind, size: notebooksPage, most: notebooksMost, places: true, unreached: longPlace})),
		at + "patch":              changes(f.patchWorkbench),
		at + "delete":             changes(f.deleteNotebook),
		at + "start":              changes(f.startNotebook),
		at + "stop":               changes(f.stopNotebook),
		at + "reset":              changes(f.resetNotebook),
		at + "resizeDisk":         changes(f.resizeDisk),
		at + "upgrade":            changes(f.upgradeNotebook),
		at + "rollback":           changes(f.rollbackNotebook),
		at + "restore":            changes(f.restoreNotebook),
		at + "diagnose":           changes(f.diagnoseNotebook),
		at + "checkUpgradability": zone(f.checkUpgradability),
		at + "getConfig":          f.config,
		at + "getIamPolicy":       f.getPolicy(access),
		at + "setIamPolicy":       f.setPolicy(access),
		at + "testIamPermissions": f.testPermissions(access),
	}
}

// longPlace and shortPlace are how v2 and v1 tell a location that could not be reached.
func longPlace(project, place string) string { return "projects/" + project + "/locations/" + place }
func shortPlace(_, place string) string      { return place }

func (f *Fake) legacyAnswers() map[string]answer {
	const at = "notebooks.v1.projects.locations.instances."
	zone := func(next answer) answer { return inPlace(zoneForm, next) }
	changes := func(prepare func(*call, *object) (change, error)) answer { return zone(f.do(legacyKind, prepare)) }
	access := f.policyOf(legacyKind)
	return map[string]answer{
		at + "create":                       zone(f.createLegacy),
		at + "get":                          zone(f.get(legacyKind)),
		at + "list":                         anywhere(zoneForm, f.list(listing{kind: legacyKind, size: notebooksPage, most: notebooksMost, places: true, unreached: shortPlace})),
		at + "delete":                       changes(f.deleteNotebook),
		at + "start":                        changes(f.startNotebook),
		at + "stop":                         changes(f.stopNotebook),
		at + "reset":                        changes(f.resetNotebook),
		at + "setLabels":                    changes(f.setLabels),
		at + "setMachineType":               changes(f.setMachineType),
		at + "setAccelerator":               changes(f.setAccelerator),
		at + "updateShieldedInstanceConfig": changes(f.updateShieldedConfig),
		at + "updateConfig":                 changes(f.updateConfig),
		at + "updateMetadataItems":          zone(f.updateMetadataItems),
		at + "upgrade":                      changes(f.upgradeNotebook),
		at + "rollback":                     changes(f.rollbackNotebook),
		at + "migrate":                      changes(f.migrate),
		at + "diagnose":                     changes(f.diagnoseNotebook),
		at + "getInstanceHealth":            zone(f.instanceHealth),
		at + "isUpgradeable":                zone(f.isUpgradeable),
		at + "getIamPolicy":                 f.getPolicy(access),
		at + "setIamPolicy":                 f.setPolicy(access),
		at + "testIamPermissions":           f.testPermissions(access),
	}
}

func (f *Fake) runtimeAnswers() map[string]answer {
	const at = "notebooks.v1.projects.locations.runtimes."
	region := func(next answer) answer { return inPlace(regionForm, next) }
	changes := func(prepare func(*call, *object) (change, error)) answer { return region(f.do(runtimeKind, prepare)) }
	access := f.policyOf(runtimeKind)
	return map[string]answer{
		at + "create":             region(f.createRuntime),
		at + "get":                region(f.get(runtimeKind)),
		at + "list":               anywhere(regionForm, f.list(listing{kind: runtimeKind, size: notebooksPage, most: notebooksMost, places: true, unreached: shortPlace})),
		at + "patch":              changes(f.patchRuntime),
		at + "delete":             changes(f.deleteNotebook),
		at + "start":              changes(f.startNotebook),
		at + "stop":               changes(f.stopNotebook),
		at + "reset":              changes(f.resetNotebook),
		at + "switch":             changes(f.switchRuntime),
		at + "upgrade":            changes(f.upgradeNotebook),
		at + "migrate":            changes(f.migrate),
		at + "diagnose":           changes(f.diagnoseNotebook),
		at + "getIamPolicy":       f.getPolicy(access),
		at + "setIamPolicy":       f.setPolicy(access),
		at + "testIamPermissions": f.testPermissions(access),
	}
}

func (f *Fake) clusterAnswers() map[string]answer {
	const at = "dataproc.v1.projects.regions.clusters."
	region := func(next answer) answer { return inPlace(regionForm, next) }
	changes := func(prepare func(*call, *object) (change, error)) answer { return region(f.do(clusterKind, prepare)) }
	access := f.policyOf(clusterKind)
	return map[string]answer{
		at + "create":             region(f.createCluster),
		at + "get":                region(f.get(clusterKind)),
		at + "list":               region(f.list(listing{kind: clusterKind, size: dataprocPage, most: dataprocMost, wanted: clusterFilter})),
		at + "patch":              changes(f.patchCluster),
		at + "delete":             changes(f.deleteCluster),
		at + "start":              changes(f.startCluster),
		at + "stop":               changes(f.stopCluster),
		at + "getIamPolicy":       f.getPolicy(access),
		at + "setIamPolicy":       f.setPolicy(access),
		at + "testIamPermissions": f.testPermissions(access),
	}
}

func (f *Fake) sessionAnswers() map[string]answer {
	const sessions, templates = "dataproc.v1.projects.locations.sessions.", "dataproc.v1.projects.locations.sessionTemplates."
	region := func(next answer) answer { return inPlace(regionForm, next) }
	changes := func(prepare func(*call, *object) (change, error)) answer { return region(f.do(sessionKind, prepare)) }
	return map[string]answer{
		sessions + "create":    region(f.createSession),
		sessions + "get":       region(f.get(sessionKind)),
		sessions + "list":      region(f.list(listing{kind: sessionKind, size: dataprocPage, most: dataprocMost, wanted: sessionFilter})),
		sessions + "terminate": changes(f.terminateSession),
		sessions + "delete":    changes(f.deleteSession),
		templates + "create":   region(f.createTemplate),
		templates + "get":      region(f.get(templateKind)),
		templates + "list":     region(f.list(listing{kind: templateKind, size: dataprocPage, most: dataprocMost, wanted: templateFilter})),
		templates + "patch":    region(f.patchTemplate),
		templates + "delete":   region(f.deleteTemplate),
	}
}

// accessAnswers are about who may do what: projects and service accounts.
func (f *Fake) accessAnswers() map[string]answer {
	const projects, accounts = "cloudresourcemanager.v1.projects.", "iam.v1.projects.serviceAccounts."
	return map[string]answer{
		projects + "get":                f.getProject,
		projects + "list":               f.listProjects,
		projects + "getIamPolicy":       f.getPolicy(f.projectPolicy),
		projects + "setIamPolicy":       f.setPolicy(f.projectPolicy),
		projects + "testIamPermissions": f.testPermissions(f.projectPolicy),
		accounts + "create":             f.createAccount,
		accounts + "get":                f.onAccount(f.getAccount),
		accounts + "list":               f.list(listing{kind: accountKind, size: accountsPage, most: accountsMost, field: "accounts"}),
		accounts + "delete":             f.onAccount(f.deleteAccount),
		accounts + "patch":              f.onAccount(f.patchAccount),
		accounts + "update":             f.onAccount(f.updateAccount),
		accounts + "disable":            f.onAccount(f.able(true)),
		accounts + "enable":             f.onAccount(f.able(false)),
		accounts + "getIamPolicy":       f.getPolicy(f.accountPolicy),
		accounts + "setIamPolicy":       f.setPolicy(f.accountPolicy),
		accounts + "testIamPermissions": f.testPermissions(f.accountPolicy),
	}
}
