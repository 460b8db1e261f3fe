"""Auto Scaling groups: changed in place, within their limits, with scheduled actions that are the group's own."""

from moto.autoscaling import models
from moto.autoscaling.models import AutoScalingBackend, FakeScheduledAction, autoscaling_backends
from moto.core.exceptions import ServiceException

from .kinds import Kind, register

_SIZES = ("MinSize", "MaxSize", "DesiredCapacity")


class _Refused(ServiceException):
    code = "ValidationError"


def _number(properties, name):
    return int(properties[name]) if name in properties else None


def _template(properties):
    wanted = properties.get("LaunchTemplate") or {}
    return {k: str(v) for k, v in wanted.items() if k in ("LaunchTemplateId", "LaunchTemplateName", "Version")}


def _keeps_size(place):
    policy = place.template.get("UpdatePolicy", {}).get("AutoScalingScheduledAction", {})
    return str(policy.get("IgnoreUnmodifiedGroupSizeProperties", False)).lower() == "true"


class _Group(Kind):
    replaces = ("AutoScalingGroupName",)

    def create(self, place, properties):
        numbers = {name: _number(properties, name) for name in _SIZES if name in properties}
        _check(numbers.get("DesiredCapacity"), numbers.get("MinSize"), numbers.get("MaxSize"))
        return super().create(place, dict(properties, Tags=self._tags(place, properties), LaunchTemplate=_template(properties), **numbers))

    def _tags(self, place, properties):
        """The stack's tags reach the group and what it launches."""
        own = {tag["Key"]: tag for tag in properties.get("Tags", ())}
        propagates = {key: str(tag.get("PropagateAtLaunch", False)).lower() == "true" for key, tag in own.items()}
        return [{"Key": k, "Value": v, "PropagateAtLaunch": propagates.get(k, True)} for k, v in place.tags(own.values()).items()]

    def update(self, place, resource, old, new):
        """In place: instances stay, and their number changes by the difference. Moto terminates them all. With
        IgnoreUnmodifiedGroupSizeProperties, sizes that the template did not change are left as a scheduled action or a
        person set them; without it, any update of the group sets them again."""
        if resource.name not in resource.autoscaling_backend.autoscaling_groups:
            raise _Refused("AutoScalingGroup name not found - null")
        sizes = {name: _number(new, name) for name in _SIZES}
        if _keeps_size(place):
            sizes = {name: size if size != _number(old, name) else None for name, size in sizes.items()}
        least = resource.min_size if sizes["MinSize"] is None else sizes["MinSize"]
        most = resource.max_size if sizes["MaxSize"] is None else sizes["MaxSize"]
        desired = sizes["DesiredCapacity"]
        if desired is None and resource.desired_capacity != min(max(resource.desired_capacity, least), most):
            desired = min(max(resource.desired_capacity, least), most)
        resource.tags = self._tags(place, new)
        resource.autoscaling_backend.update_auto_scaling_group(
            resource.name, new.get("AvailabilityZones", []), desired, sizes["MaxSize"], sizes["MinSize"],
            new.get("LaunchConfigurationName"), _template(new), ",".join(new.get("VPCZoneIdentifier", [])),
            _number(new, "HealthCheckGracePeriod"), new.get("HealthCheckType"), mixed_instances_policy=new.get("MixedInstancesPolicy"),
        )  # fmt: skip
        if "AutoScalingRollingUpdate" in place.template.get("UpdatePolicy", {}) and _launches(old) != _launches(new):
            self._roll(resource)
        return resource

    def _roll(self, group):
        """A rolling update replaces the instances when what launches them has changed."""
        wanted = group.desired_capacity
        least, group.min_size = group.min_size, 0
        group.set_desired_capacity(0)
        group.min_size = least
        group.set_desired_capacity(wanted)

    def delete(self, place, resource, properties):
        backend = resource.autoscaling_backend
        if resource.name in backend.autoscaling_groups:
            resource.set_desired_capacity(0)
            backend.delete_auto_scaling_group(resource.name)


def _launches(properties):
    return [properties.get(name) for name in ("LaunchTemplate", "LaunchConfigurationName", "MixedInstancesPolicy", "VPCZoneIdentifier")]


register("AWS::AutoScaling::AutoScalingGroup", _Group())


def _check(desired, least, most):
    """AWS refuses a number outside the group's limits; moto launches it."""
    if desired is not None and most is not None and desired > most:
        raise _Refused(f"New SetDesiredCapacity value {desired} is above max value {most} for the AutoScalingGroup.")
    if desired is not None and least is not None and desired < least:
        raise _Refused(f"New SetDesiredCapacity value {desired} is below min value {least} for the AutoScalingGroup.")
    if least is not None and most is not None and least > most:
        raise _Refused("Max bound, %s, must be greater than or equal to min bound, %s." % (most, least))


_set_desired = AutoScalingBackend.set_desired_capacity
_update = models.FakeAutoScalingGroup.update


def _set_desired_within_limits(self, group_name, desired_capacity):
    group = self.autoscaling_groups[group_name]
    if desired_capacity != 0 or group.min_size == 0:  # 0 below the minimum: moto's way to delete a group
        _check(desired_capacity, group.min_size, group.max_size)
    _set_desired(self, group_name, desired_capacity)


def _update_within_limits(self, availability_zones, desired_capacity, max_size, min_size, *others, **named):
    least = self.min_size if min_size is None else min_size
    most = self.max_size if max_size is None else max_size
    _check(desired_capacity, least, most)
    if named.get("mixed_instances_policy") is None and self.mixed_instances_policy and not (others[1] or others[0]):
        named["mixed_instances_policy"] = self.mixed_instances_policy  # what is not named stays; moto drops it
    _update(self, availability_zones, desired_capacity, max_size, min_size, *others, **named)


AutoScalingBackend.set_desired_capacity = _set_desired_within_limits
models.FakeAutoScalingGroup.update = _update_within_limits


def _put_action(self, name, desired_capacity, max_size, min_size, scheduled_action_name, start_time, end_time, recurrence, timezone):
    """The names of scheduled actions are a group's own; moto has one name for all groups, so that the actions of one
    cluster would take the place of another's."""
    if name not in self.autoscaling_groups:
        raise _Refused(f"AutoScalingGroup name not found - null: {name}")
    numbers = [None if n is None else int(n) for n in (desired_capacity, max_size, min_size)]
    action = FakeScheduledAction(name, *numbers, scheduled_action_name, start_time, end_time, recurrence, timezone)
    self.scheduled_actions[name, scheduled_action_name] = action
    return action


def _delete_action(self, auto_scaling_group_name, scheduled_action_name):
    if self.scheduled_actions.pop((auto_scaling_group_name, scheduled_action_name), None) is None:
        raise _Refused("Scheduled action name not found")


_delete_group = AutoScalingBackend.delete_auto_scaling_group


def _delete_group_and_actions(self, group_name):
    _delete_group(self, group_name)
    for key in [key for key in self.scheduled_actions if key[0] == group_name]:
        del self.scheduled_actions[key]


AutoScalingBackend.put_scheduled_update_group_action = _put_action
AutoScalingBackend.delete_scheduled_action = _delete_action
AutoScalingBackend.delete_auto_scaling_group = _delete_group_and_actions


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
