package main

import "fmt"

// The targets of the project. Those that speak of a thousand people are judged there and nowhere else; of what a person
// has two of, five hundred people are taken.
const (
	planRatio      = 2.5   // of the floor
	applyRatio     = 1.5   // of the floor
	planLists      = 15    // calls
	applyCalls     = 4.0   // a person
	waitShare      = 0.03  // of the cloud's own time
	waitSeconds    = 1.0   // or this, whichever is more
	binaryBytes    = 40e6  // MB are millions of bytes here
	schemaSeconds  = 0.100 // from the start of the process
	residentBytes  = 80e6
	targetedThings = 1000
)

// verdict is how a measured value stands to its target.
type verdict struct{ target, says string }

var noTarget = verdict{"", ""}

func judge(met bool, format string, args ...any) verdict {
	v := verdict{target: fmt.Sprintf(format, args...), says: "misses"}
	if met {
		v.says = "meets"
	}
	return v
}

// judgeTime: under rate limits the time is the vendor's, and printed for what it is.
func judgeTime(f figure) verdict {
	switch {
	case f.kind.things(f.people) < targetedThings || f.limited:
		return noTarget
	case f.phase == plan:
		return judge(f.ratio() <= planRatio, "≤ %.1f × floor", planRatio)
	case f.phase == apply:
		return judge(f.ratio() <= applyRatio, "≤ %.1f × floor", applyRatio)
	}
	return noTarget
}

// judgeCalls takes a plan's budget as a whole: whatever else it calls counts as a list does.
func judgeCalls(f figure) verdict {
	switch {
	case f.kind.things(f.people) < targetedThings || f.limited:
		return noTarget
	case f.phase == plan:
		calls := f.calls()
		met := calls.PermissionReads <= f.people && calls.all()-calls.PermissionReads <= planLists
		if f.kind.permissions {
			return judge(met, "≤ %d + 1 permission read a person", planLists)
		}
		return judge(met, "≤ %d", planLists)
	case f.phase == apply:
		return judge(perPerson(f) <= applyCalls, "≤ %.0f a person", applyCalls)
	}
	return noTarget
}

// perPerson leaves out what a run asks once for everybody.
func perPerson(f figure) float64 {
	calls := f.calls()
	return float64(calls.all()-calls.shared()) / float64(f.people)
}

func judgeMemory(f figure) verdict {
	peak := peakProvider(f)
	if f.kind.things(f.people) < targetedThings || peak == 0 {
		return noTarget
	}
	return judge(peak <= residentBytes, "≤ %s", megabytes(residentBytes))
}

func judgeWait(w wait) verdict {
	allowed := max(waitSeconds, waitShare*w.cloud)
	return judge(w.own() <= allowed, "≤ %.1f s", allowed)
}

func judgeSize(p providerAlone) verdict {
	return judge(p.bytes <= binaryBytes, "≤ %s", megabytes(binaryBytes))
}

func judgeSchema(p providerAlone) verdict {
	return judge(median(p.schema) <= schemaSeconds, "≤ %.0f ms", 1000*schemaSeconds)
}

func peakProvider(f figure) int64 {
	return int64(medianOf(f.ours, func(c cost) float64 { return float64(c.Provider.Peak) }))
}

func peakTerraform(f figure) int64 {
	return int64(medianOf(f.ours, func(c cost) float64 { return float64(c.Terraform.Peak) }))
}

func megabytes(bytes int64) string {
	if bytes == 0 {
		return "not measured"
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}
