"""Groups of mixed instances: how many are on demand, and how many are spot."""

from moto.autoscaling.models import FakeAutoScalingGroup as Group


def shares(distribution, wanted):
    """How many of a number of instances are (on demand, spot). AWS rounds the percentage above the base up, in favour of
    on demand (believed: its guide says so, its API reference does not), so that both together are what was wanted. Moto
    rounds both down and launches fewer: 5 of 6 at 20 %."""
    base = min(wanted, int(distribution.get("OnDemandBaseCapacity") or 0))
    percentage = int(distribution.get("OnDemandPercentageAboveBaseCapacity", 100))
    on_demand = base + -((base - wanted) * percentage // 100)
    return on_demand, wanted - on_demand


def _is_spot(state):
    return state.instance.lifecycle == "spot"


_set = Group.set_desired_capacity


def _set_desired_capacity(self, new_capacity):
    """Each share grows and shrinks by itself, and what need not go stays: AWS keeps the balance of the purchase options
    when it scales in. Moto does not tell the one from the other."""
    if not self.mixed_instances_policy:
        return _set(self, new_capacity)
    self.desired_capacity = int((self.min_size if new_capacity is None else new_capacity) or 0)
    wanted = shares(self.mixed_instances_policy.get("InstancesDistribution", {}), self.desired_capacity)
    surplus = []
    for spot, number in zip((False, True), wanted):
        present = [state for state in self.active_instances() if _is_spot(state) == spot]
        if number > len(present):
            _launch(self, number - len(present), spot)
        surplus += [state for state in present if not state.protected_from_scale_in][: max(0, len(present) - number)]
    if surplus:
        self.autoscaling_backend.ec2_backend.terminate_instances([state.instance.id for state in surplus])
        self.instance_states = [state for state in self.instance_states if state not in surplus]
    if self.name in self.autoscaling_backend.autoscaling_groups:
        self.autoscaling_backend.update_attached_elbs(self.name)
        self.autoscaling_backend.update_attached_target_groups(self.name)


def _launch(group, number, spot):
    before = len(group.instance_states)
    group.replace_autoscaling_group_instances(number, group.get_propagated_tags())
    for state in group.instance_states[before:]:
        state.instance.lifecycle = "spot" if spot else None


Group.set_desired_capacity = _set_desired_capacity
