"""EC2's machines, as far as runs lean on them: what RunInstances refuses, a lack of capacity and the interruption of spot
instances on order, and what becomes of an instance whose system goes down."""

import datetime
import re

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import StateReason
from moto.ec2.responses.instances import InstanceResponse as Calls
from moto.utilities.utils import load_resource

from . import clock, failures, serve

_ANY = "ami-12345678"  # an image that every account here has, for tests to which it does not matter
_NOTICE = 120  # seconds
_lacks = []
_notices = {}


def _forget():
    _lacks.clear()
    _notices.clear()
    _reset()


# The emulator's reset forgets the orders of a test, these included.
_reset, failures.reset = failures.reset, _forget


def _combination(message):
    raise EC2ClientError("InvalidParameterCombination", message)


def _value(value, name, message=""):
    raise EC2ClientError("InvalidParameterValue", message or f"Value ({value}) for parameter {name} is invalid.")


def _market(self):
    """AWS refuses a market that there is not, and an interruption that a request of one time cannot have."""
    market = self._get_param("InstanceMarketOptions.MarketType")
    kind = self._get_param("InstanceMarketOptions.SpotOptions.SpotInstanceType")
    behaviour = self._get_param("InstanceMarketOptions.SpotOptions.InstanceInterruptionBehavior")
    price = self._get_param("InstanceMarketOptions.SpotOptions.MaxPrice")
    if market not in (None, "spot", "capacity-block"):
        _value(market, "MarketType")
    if market != "spot":
        if kind or behaviour or price:
            _combination("The parameter SpotOptions requires the market type spot.")
        return "on-demand"
    if kind not in (None, "one-time", "persistent"):
        _value(kind, "SpotInstanceType")
    if behaviour not in (None, "terminate", "stop", "hibernate"):
        _value(behaviour, "InstanceInterruptionBehavior")
    if behaviour in ("stop", "hibernate") and kind != "persistent":
        _combination(f"The interruption behavior {behaviour} requires a persistent spot request.")
    if price and not re.fullmatch(r"[0-9]*\.?[0-9]+", str(price)):
        _value(price, "MaxPrice")
    return "spot"


def _image(self):
    """AWS refuses an image that it does not have; moto starts any. Those of Amazon Linux are known to moto by the public
    parameters that name them."""
    image = self._get_param("ImageId")
    if image is None:
        return  # the launch template names it
    if not re.fullmatch(r"ami-([0-9a-f]{8}|[0-9a-f]{17})", image):
        raise EC2ClientError("InvalidAMIID.Malformed", f'Invalid id: "{image}" (expecting "ami-...")')
    if image == _ANY or image in self.ec2_backend.amis:
        return
    try:
        public = load_resource("moto.ssm", f"resources/ami-amazon-linux-latest/{self.region}.json")
    except FileNotFoundError:
        public = []
    if image not in (parameter["Value"] for parameter in public):
        raise EC2ClientError("InvalidAMIID.NotFound", f"The image id '[{image}]' does not exist")


def _zone(self):
    named = self._get_param("Placement.AvailabilityZone")
    nics = self._get_param("NetworkInterfaces", []) or []
    subnet = self._get_param("SubnetId") or next((n["SubnetId"] for n in nics if n.get("SubnetId")), None)
    return self.ec2_backend.get_subnet(subnet).availability_zone if subnet else named or ""


def _lack(self, market):
    kind, zone = self._get_param("InstanceType", "m1.small"), _zone(self)
    for lack in _lacks:
        wanted = (lack["instance_type"], kind), (lack["zone"], zone), (lack["market"], market)
        if all(a in ("", b) for a, b in wanted):
            lack["times"] -= 1
            if lack["times"] == 0:
                _lacks.remove(lack)
            if market == "spot":
                return "There is no Spot capacity available that matches your request."
            return f"We currently do not have sufficient {kind} capacity in the Availability Zone you requested ({zone})."
    return ""


_run = Calls.run_instances


def run_instances(self):
    token = self._get_param("ClientToken")
    if token in ec2_backends[self.current_account][self.region].__dict__.get("sandbox_tokens", {}):
        return _run(self)  # what has happened is told again, whatever holds now
    if token and len(token) > 64:
        _value(token, "ClientToken", "ClientToken must have at most 64 characters.")
    market = _market(self)
    _image(self)
    lack = _lack(self, market)
    if not lack:
        return _run(self)
    # It is no fault of the caller: the status is 500, upon which SDKs ask again by themselves.
    status, headers, body = self.serialized(ActionResult(EC2ClientError("InsufficientInstanceCapacity", lack)))
    return body, dict(headers, status=500)


Calls.run_instances = run_instances


def _find(identity):
    for regions in ec2_backends.values():
        for backend in regions.values():
            for instance in backend.all_instances():
                if instance.id == identity:
                    return instance
    raise ValueError(f"there is no instance {identity}")


def _end(instance, code, message):
    """EC2 tells who ended an instance; moto says that a person did."""
    if instance._state.name not in ("pending", "running"):
        return
    instance.disable_api_termination = False  # that guards against calls only
    instance.terminate()
    instance.state_reason = StateReason(f"{code}: {message}", code)
    instance._reason = code if code.startswith("Server.") else ""


def _shutdown(asked):
    """A system that goes down stops its instance or terminates it, as its shutdown behaviour says; the default stops."""
    instance = _find((asked or {})["instance"])
    if instance.instance_initiated_shutdown_behavior == "terminate":
        _end(instance, "Client.InstanceInitiatedShutdown", "Instance initiated shutdown")
    elif instance._state.name == "running":
        instance.stop()
        instance.state_reason = StateReason("Client.InstanceInitiatedShutdown: Instance initiated shutdown", "Client.InstanceInitiatedShutdown")
        instance._reason = ""
    return {"state": instance._state.name}


def _interruptions(asked):
    """EC2 takes a spot instance back two minutes after it said so in the instance's metadata."""
    if asked:
        instance = _find(asked["instance"])
        if instance.lifecycle != "spot" or instance._state.name != "running":
            raise ValueError(f"{instance.id} is no spot instance that runs")
        at = (clock.utcnow() + datetime.timedelta(seconds=_NOTICE)).replace(microsecond=0)
        _notices[instance.id] = {"action": "terminate", "time": at.isoformat() + "Z"}
        clock.start(_take(instance))
    return _notices


def _take(instance):
    yield _NOTICE
    _notices.pop(instance.id, None)
    _end(instance, "Server.SpotInstanceTermination", "Spot instance termination")


def _capacity(asked):
    if asked is not None:
        times = int(asked.get("times") or 1)
        _lacks.append({"instance_type": asked.get("instance_type", ""), "zone": asked.get("zone", ""), "market": asked.get("market", ""), "times": times})
    return _lacks


serve._ADDRESSES.update({
    "/moto-api/sandbox/shutdowns": _shutdown,
    "/moto-api/sandbox/interruptions": _interruptions,
    "/moto-api/sandbox/capacity": _capacity,
})  # fmt: skip
