"""EventBridge Scheduler: what AWS refuses when a schedule is made or changed, and tokens that make a repeat harmless."""

import datetime
import re
import zoneinfo

from moto.core.exceptions import JsonRESTError
from moto.scheduler.exceptions import ScheduleExists, ScheduleGroupNotFound
from moto.scheduler.models import EventBridgeSchedulerBackend as Backend
from moto.scheduler.responses import EventBridgeSchedulerResponse as Calls

from . import clock

ScheduleExists.code = 409  # as AWS answers a conflict; moto: 400

_NAME = re.compile(r"[0-9a-zA-Z-_.]{1,64}")
_RATE = re.compile(r"rate\((\d+) (minute|minutes|hour|hours|day|days)\)")
_TARGET = re.compile(r"arn:aws[a-z-]*:(lambda|sqs|sns|states|events|scheduler|ecs|kinesis|firehose|ssm|codebuild|codepipeline):[^:]*:[^:]*:.+")


class _Refused(JsonRESTError):
    def __init__(self, message, kind="ValidationException", status=400):
        super().__init__(kind, message)
        self.code = status


def _pattern(value, where):
    if not _NAME.fullmatch(value or ""):
        raise _Refused(
            f"1 validation error detected: Value '{value}' at '{where}' failed to satisfy constraint: "
            "Member must have length less than or equal to 64 and satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$"
        )


def _expression(text, zone):
    """A single time must lie ahead: AWS refuses one that has passed (its words are believed, not seen)."""
    if re.fullmatch(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)", text):
        try:
            when = datetime.datetime.strptime(text, "at(%Y-%m-%dT%H:%M:%S)").replace(tzinfo=zone)
        except ValueError:
            pass
        else:
            if when.timestamp() > clock.now():
                return
    elif rate := _RATE.fullmatch(text):
        if int(rate[1]) > 0 and (int(rate[1]) == 1) != rate[2].endswith("s"):
            return
    elif text.startswith("cron(") and text.endswith(")"):
        fields = text[5:-1].split()
        if len(fields) == 6 and (fields[2] == "?") != (fields[4] == "?"):
            return
    raise _Refused(f"Invalid Schedule Expression {text}.")


def _check(self):
    target = self._get_param("Target") or {}
    window = self._get_param("FlexibleTimeWindow") or {}
    try:
        zone = zoneinfo.ZoneInfo(self._get_param("ScheduleExpressionTimezone") or "UTC")
    except (ValueError, zoneinfo.ZoneInfoNotFoundError):
        raise _Refused(f"Invalid TimeZone {self._get_param('ScheduleExpressionTimezone')}.") from None
    _expression(self._get_param("ScheduleExpression") or "", zone)
    if window.get("Mode") not in ("OFF", "FLEXIBLE") or (window["Mode"] == "FLEXIBLE") != ("MaximumWindowInMinutes" in window):
        raise _Refused("Invalid FlexibleTimeWindow.")
    if not _TARGET.fullmatch(target.get("Arn", "")):
        raise _Refused(f"Provided Arn is not in correct format. ({target.get('Arn')})")
    if not re.fullmatch(r"arn:aws[a-z-]*:iam::\d{12}:role/.+", target.get("RoleArn", "")):
        raise _Refused("The execution role you provide must allow AWS EventBridge Scheduler to assume the role.")
    if self._get_param("State") not in (None, "ENABLED", "DISABLED"):
        raise _Refused("Invalid State.")
    if self._get_param("ActionAfterCompletion") not in (None, "NONE", "DELETE"):
        raise _Refused("Invalid ActionAfterCompletion.")
    start, end = self._get_param("StartDate"), self._get_param("EndDate")
    if start is not None and end is not None and float(end) <= float(start):
        raise _Refused("EndDate must be after StartDate.")
    if end is not None and float(end) <= clock.now():
        raise _Refused("The EndDate you specify must be in the future.")


def _token(self, operation):
    """A token that was seen before answers as it did then."""
    seen = self.scheduler_backend.__dict__.setdefault("sandbox_tokens", {})
    token = self._get_param("ClientToken") or self._get_param("clientToken")
    return (seen, (operation, token)) if token else ({}, None)


def _once(operation, begin):
    def call(self):
        seen, key = _token(self, operation)
        if key not in seen:
            seen[key] = begin(self)
        return seen[key]

    return call


_create, _update = Calls.create_schedule, Calls.update_schedule
_create_group, _delete, _delete_group = Calls.create_schedule_group, Calls.delete_schedule, Calls.delete_schedule_group


def _name(self):
    return self.uri.split("?")[0].split("/")[-1]


def _create_checked(self):
    _pattern(_name(self), "name")
    _check(self)
    group = self._get_param("GroupName") or "default"
    if group not in self.scheduler_backend.schedule_groups:
        raise ScheduleGroupNotFound(group)  # moto: 500
    return _create(self)


def _update_checked(self):
    """Every property is set again: what is left out is its default. Moto keeps ActionAfterCompletion, and the state null."""
    _check(self)
    answer = _update(self)
    schedule = self.scheduler_backend.get_schedule(self._get_param("GroupName"), _name(self))
    schedule.action_after_completion = self._get_param("ActionAfterCompletion")
    schedule.state = self._get_param("State") or "ENABLED"
    return answer


def _create_group_checked(self):
    name = self._get_param("Name") or _name(self)
    _pattern(name, "name")
    return _create_group(self)


def _delete_group_checked(self):
    """A group goes with its schedules; the default group and one that is not there do not."""
    name = _name(self)
    if name == "default":
        raise _Refused("The default schedule group cannot be deleted.")
    self.scheduler_backend.get_schedule_group(name)
    return _delete_group(self)


_new_group = Backend.create_schedule_group


def _new_group_once(self, name, tags):
    """One that exists is a conflict; moto puts an empty one in its place."""
    if name in self.schedule_groups:
        raise _Refused(f"Schedule group {name} already exists.", "ConflictException", 409)
    return _new_group(self, name, tags or [])


Calls.create_schedule = _once("create", _create_checked)
Calls.update_schedule = _once("update", _update_checked)
Calls.create_schedule_group = _once("create-group", _create_group_checked)
Calls.delete_schedule = _once("delete", _delete)
Calls.delete_schedule_group = _once("delete-group", _delete_group_checked)
Backend.create_schedule_group = _new_group_once
