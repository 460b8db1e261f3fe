"""Cost Explorer: what projects have cost, as a test tells it, in the answer to whatever is asked about it."""

import datetime
import json

from moto.ce.responses import CostExplorerResponse as Calls

from . import clock

_TAG = "Project"
_costs = {}  # by project, such as cluster-dev: the USD of each day, by its date
reset = _costs.clear


def tell(project, days):
    """Replaces what a project has cost. Once anything is told, moto's own queue of answers is not asked any more."""
    told = {str(datetime.date.fromisoformat(day["date"])): float(day["usd"]) for day in days}
    if not project:
        raise ValueError("project must be named")
    _costs[project] = told


def told():
    return _costs


def _wanted(project, asked):
    """Filters by the Project tag count; of others nothing is known, so that they let everything through."""
    if "Not" in asked:
        return not _wanted(project, asked["Not"])
    if "And" in asked:
        return all(_wanted(project, one) for one in asked["And"])
    if "Or" in asked:
        return any(_wanted(project, one) for one in asked["Or"])
    tags = asked.get("Tags", {})
    return tags.get("Key", _TAG) != _TAG or project in tags.get("Values", [project])


def _periods(asked):
    """The days or months of the question as (first day, first day after)."""
    start, end = (datetime.date.fromisoformat(asked["TimePeriod"][name]) for name in ("Start", "End"))
    while start < end:
        month = (start.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
        after = start + datetime.timedelta(days=1) if asked["Granularity"] == "DAILY" else min(month, end)
        yield str(start), str(after)
        start = after


def _amounts(asked, usd):
    return {metric: {"Amount": f"{usd:.10f}", "Unit": "USD"} for metric in asked["Metrics"]}


def _answer(asked):
    """By the tag when that is asked for: a group is called such as Project$cluster-dev, and one without costs is absent."""
    found = {project: days for project, days in sorted(_costs.items()) if _wanted(project, asked.get("Filter") or {})}
    grouped = [group["Key"] for group in asked.get("GroupBy") or ()]
    today = str(clock.utcnow().date())
    for start, after in _periods(asked):
        spent = {p: sum(usd for day, usd in days.items() if start <= day < after) for p, days in found.items()}
        result = {"TimePeriod": {"Start": start, "End": after}, "Total": {}, "Groups": [], "Estimated": after > today}
        if grouped == [_TAG]:
            result["Groups"] = [{"Keys": [f"{_TAG}${p}"], "Metrics": _amounts(asked, usd)} for p, usd in spent.items() if usd]
        else:
            result["Total"] = _amounts(asked, sum(spent.values()))
        yield result


_plain = Calls.get_cost_and_usage


def get_cost_and_usage(self):
    asked = json.loads(self.body)
    if not _costs:
        return _plain(self)
    return json.dumps({"ResultsByTime": list(_answer(asked)), "GroupDefinitions": asked.get("GroupBy") or [], "DimensionValueAttributes": []})


Calls.get_cost_and_usage = get_cost_and_usage
