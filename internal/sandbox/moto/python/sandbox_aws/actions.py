"""Scheduled actions of Auto Scaling groups: each its group's own, checked when it is put, and done when it is due."""

import datetime
import zoneinfo

from moto.autoscaling.models import AutoScalingBackend, FakeScheduledAction, autoscaling_backends

from . import clock
from .cron import Cron
from .groups import Refused
from .kinds import Kind, register

_fired = []  # what was done, oldest first


def fired():
    return list(_fired)


reset = _fired.clear


class _Times:
    """When an action is due: at its start, and then as its recurrence says, until its end."""

    def __init__(self, start, end, recurrence, zone):
        try:
            self.zone = zoneinfo.ZoneInfo(zone or "UTC")
        except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
            raise Refused(f"Given time zone: {zone} is not valid.") from None
        try:
            self.cron = Cron(recurrence) if recurrence else None
        except ValueError:
            raise Refused(f"Given recurrence string: {recurrence} is invalid") from None
        self.end = _seconds(end)
        start = _seconds(start)
        if start is not None and start < clock.now():
            raise Refused("Specified start time is in the past")
        if start is None and self.cron is None:
            raise Refused("Either start time or recurrence must be specified")
        self.due = start
        if start is None:
            self.go_on()

    def go_on(self):
        """To the time after this one; None: there is none."""
        self.due = self.cron and self.cron.after(clock.now(), self.zone)
        if self.due and self.end is not None and self.due > self.end:
            self.due = None


def _seconds(time):
    if not time:
        return None
    if isinstance(time, str):
        time = datetime.datetime.fromisoformat(time.replace("Z", "+00:00"))
    return (time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)).timestamp()


def _shown(seconds):
    return seconds and datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _put(self, name, desired_capacity, max_size, min_size, scheduled_action_name, start_time, end_time, recurrence, timezone):
    """The names of scheduled actions are a group's own; moto has one name for all groups, so that the actions of one
    cluster would take the place of another's. AWS refuses what it could not do, and shows the next time as the start."""
    if name not in self.autoscaling_groups:
        raise Refused(f"AutoScalingGroup name not found - null: {name}")
    numbers = [None if n is None else int(n) for n in (desired_capacity, max_size, min_size)]
    if numbers == [None, None, None]:
        raise Refused("At least one of min size, max size and desired capacity must be specified")
    times = _Times(start_time, end_time, recurrence, timezone)
    action = FakeScheduledAction(name, *numbers, scheduled_action_name, _shown(times.due), end_time, recurrence, timezone)
    action.sandbox_times = times
    self.scheduled_actions[name, scheduled_action_name] = action
    return action


def _delete(self, auto_scaling_group_name, scheduled_action_name):
    if self.scheduled_actions.pop((auto_scaling_group_name, scheduled_action_name), None) is None:
        raise Refused("Scheduled action name not found")


_delete_group = AutoScalingBackend.delete_auto_scaling_group


def _delete_group_and_actions(self, group_name):
    _delete_group(self, group_name)
    for key in [key for key in self.scheduled_actions if key[0] == group_name]:
        del self.scheduled_actions[key]


AutoScalingBackend.put_scheduled_update_group_action = _put
AutoScalingBackend.delete_scheduled_action = _delete
AutoScalingBackend.delete_auto_scaling_group = _delete_group_and_actions


def _upcoming():
    """The action that is next. AWS does them by the clock; moto never does any."""
    found = None
    for account in autoscaling_backends.values():
        for backend in account.values():
            for action in backend.scheduled_actions.values():
                due = action.sandbox_times.due
                if due is not None and (found is None or due < found[0]):
                    found = due, backend, action
    return found and (found[0], lambda: _do(*found))


def _do(due, backend, action):
    """Sets the sizes that the action names. A single time is used up by it, and so is a recurrence at its end."""
    action.sandbox_times.go_on()
    action.start_time = _shown(action.sandbox_times.due)
    if action.sandbox_times.due is None:
        backend.scheduled_actions.pop((action.auto_scaling_group_name, action.scheduled_action_name), None)
    sizes = {"MinSize": action.min_size, "MaxSize": action.max_size, "DesiredCapacity": action.desired_capacity}
    problem = ""
    try:
        backend.update_auto_scaling_group(
            action.auto_scaling_group_name, [], action.desired_capacity, action.max_size, action.min_size, None, {}, None, None, None
        )
    except Exception as found:  # AWS notes a failed activity, and goes on with the next time
        problem = getattr(found, "message", None) or repr(found)
    _fired.append({
        "at": _shown(due), "region": backend.region_name, "group": action.auto_scaling_group_name, "action": action.scheduled_action_name,
        "sizes": {name: size for name, size in sizes.items() if size is not None}, "problem": problem,
    })  # fmt: skip


clock.watch(_upcoming)


class _ScheduledAction(Kind):
    replaces = ("AutoScalingGroupName",)

    def create(self, place, properties, name=""):
        """AWS gives it a name like any other; moto names it like its resource, and gives !Ref nothing."""
        action = autoscaling_backends[place.account][place.region].put_scheduled_update_group_action(
            properties["AutoScalingGroupName"], properties.get("DesiredCapacity"), properties.get("MaxSize"), properties.get("MinSize"),
            name or place.physical_name(), properties.get("StartTime"), properties.get("EndTime"), properties.get("Recurrence"), properties.get("TimeZone"),
        )  # fmt: skip
        action.physical_resource_id = action.scheduled_action_name
        return action

    def update(self, place, resource, old, new):
        return self.create(place, new, resource.scheduled_action_name)

    def delete(self, place, resource, properties):
        backend = autoscaling_backends[place.account][place.region]
        backend.scheduled_actions.pop((resource.auto_scaling_group_name, resource.scheduled_action_name), None)


register("AWS::AutoScaling::ScheduledAction", _ScheduledAction())
