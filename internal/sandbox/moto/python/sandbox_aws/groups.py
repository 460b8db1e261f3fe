"""Auto Scaling groups: changed in place, and within their limits."""

from moto.autoscaling import models
from moto.autoscaling.models import AutoScalingBackend
from moto.core.exceptions import ServiceException

from .kinds import Kind, register

_SIZES = ("MinSize", "MaxSize", "DesiredCapacity")


class Refused(ServiceException):
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
            raise Refused("AutoScalingGroup name not found - null")
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
        raise Refused(f"New SetDesiredCapacity value {desired} is above max value {most} for the AutoScalingGroup.")
    if desired is not None and least is not None and desired < least:
        raise Refused(f"New SetDesiredCapacity value {desired} is below min value {least} for the AutoScalingGroup.")
    if least is not None and most is not None and least > most:
        raise Refused("Max bound, %s, must be greater than or equal to min bound, %s." % (most, least))


_set_desired = AutoScalingBackend.set_desired_capacity
_update = models.FakeAutoScalingGroup.update


def _set_desired_within_limits(self, group_name, desired_capacity):
    group = self.autoscaling_groups.get(group_name)
    if group is None:
        raise Refused(f"AutoScalingGroup name not found - null: {group_name}")
    if desired_capacity != 0 or group.min_size == 0:  # 0 below the minimum: moto's way to delete a group
        _check(desired_capacity, group.min_size, group.max_size)
    _set_desired(self, group_name, desired_capacity)


def _by_id(policy):
    """A policy as a request may have it: moto keeps id and name of the launch template, and refuses both."""
    launch = policy["LaunchTemplate"]
    named = launch["LaunchTemplateSpecification"]
    unnamed = {name: value for name, value in named.items() if name != "LaunchTemplateName" or "LaunchTemplateId" not in named}
    return dict(policy, LaunchTemplate=dict(launch, LaunchTemplateSpecification=unnamed))


def _update_within_limits(
    self, availability_zones, desired_capacity, max_size, min_size, launch_config_name=None, launch_template=None, *others, mixed_instances_policy=None, **named
):  # fmt: skip
    """What a request does not name stays as it is; moto forgets the policy of a group when another thing changes."""
    least = self.min_size if min_size is None else min_size
    most = self.max_size if max_size is None else max_size
    _check(desired_capacity, least, most)
    if mixed_instances_policy is None and self.mixed_instances_policy and not (launch_config_name or launch_template):
        mixed_instances_policy = _by_id(self.mixed_instances_policy)
    _update(
        self, availability_zones, desired_capacity, max_size, min_size, launch_config_name, launch_template or {}, *others,
        mixed_instances_policy=mixed_instances_policy, **named,
    )  # fmt: skip


AutoScalingBackend.set_desired_capacity = _set_desired_within_limits
models.FakeAutoScalingGroup.update = _update_within_limits
