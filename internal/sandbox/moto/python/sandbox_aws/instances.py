"""EC2's RunInstances, made idempotent: the same ClientToken gives the same instances, and another request with it is
refused. SDKs send a token of their own, so that a lost answer never runs a second instance; moto runs one."""

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ec2.responses.instances import InstanceResponse as Calls

_run = Calls.run_instances


def run_instances(self):
    token = self._get_param("ClientToken")
    if not token:
        return _run(self)
    seen = ec2_backends[self.current_account][self.region].__dict__.setdefault("sandbox_tokens", {})
    asked = {k: v for k, v in self.querystring.items() if k not in ("ClientToken", "Action", "Version")}
    if token not in seen:
        answer = _run(self)
        seen[token] = (asked, answer)
        return answer
    before, answer = seen[token]
    if before != asked:
        raise EC2ClientError("IdempotentParameterMismatch", "The token has already been used with different parameters.")
    return ActionResult(answer.result)


Calls.run_instances = run_instances
