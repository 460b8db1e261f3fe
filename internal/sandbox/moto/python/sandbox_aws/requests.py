"""The calls of CloudFormation: what is refused, what is begun, and how it is told."""

import datetime
import re

from moto.cloudformation import models
from moto.cloudformation.exceptions import AlreadyExistsException, ValidationError
from moto.cloudformation.responses import CloudFormationResponse as Calls
from moto.core.responses import ActionResult, EmptyResult

from . import clock, stacks, template, update

_IN_PROGRESS = "_IN_PROGRESS"
_PAGE = 100
_REMEMBERED = datetime.timedelta(days=90)
# An update is refused in these, and whenever something is under way.
_NOT_UPDATABLE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED")


def call(handler):
    """Replaces, or adds, the call named as the function is."""
    setattr(Calls, handler.__name__, handler)
    return handler


def _find(self, name):
    for stack in self.cloudformation_backend.stacks.values():
        if name in (stack.name, stack.stack_id):
            return stack
    return None


def _existing(self, name):
    """By name only while it exists; by id also when it is deleted."""
    stack = _find(self, name) or self.cloudformation_backend.deleted_stacks.get(name)
    if stack is None:
        raise ValidationError(message=f"Stack with id {name} does not exist")
    return stack


def _body(self, previous=None):
    if previous is not None and self._get_bool_param("UsePreviousTemplate", False):
        return previous
    body, url = self._get_param("TemplateBody"), self._get_param("TemplateURL")
    if not body and not url:
        template.refuse("Either Template URL or Template Body must be specified.")
    template.check_body(body)
    return body or self._get_stack_from_s3_url(url)


def _parsed(body):
    try:
        definition = models.Stack.parse_template(body)
    except Exception as problem:
        template.refuse(f"Template format error: YAML not well-formed. ({problem})")
    template.check(definition)
    return definition


def _tags(self):
    tags = self._get_param("Tags")
    return None if not tags else {tag["Key"]: tag["Value"] for tag in tags}


def _given(self, stack=None):
    """The parameters of a request; UsePreviousValue takes the stack's."""
    given = {}
    for parameter in self._get_param("Parameters", []) or []:
        name = parameter["ParameterKey"]
        previous = str(parameter.get("UsePreviousValue", False)).lower() == "true"
        if previous and stack is not None and name in stack.parameters:
            given[name] = stack.parameters[name]
        elif not previous:
            given[name] = str(parameter.get("ParameterValue", ""))
    return given


@call
def create_stack(self):
    name, token = self._get_param("StackName"), self._get_param("ClientRequestToken")
    existing = _find(self, name)
    if existing is not None:
        if token and stacks.of(existing).tokens.get(token) == "create":  # the same request again is the same stack
            return ActionResult({"StackId": existing.stack_id})
        raise AlreadyExistsException(f"Stack [{name}] already exists")
    if not re.fullmatch(r"[a-zA-Z][-a-zA-Z0-9]{0,127}", name or ""):
        template.refuse(
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        )
    on_failure = self._get_param("OnFailure")
    no_rollback = self._get_bool_param("DisableRollback")
    if on_failure and no_rollback is not None:
        template.refuse("You can specify OnFailure or DisableRollback, but not both.")
    body = _body(self)
    definition = _parsed(body)
    parameters = template.parameters(definition, _given(self))
    template.check_capabilities(definition, self._get_param("Capabilities", []))
    backend = self.cloudformation_backend
    stack = models.Stack(
        stack_id=models.generate_stack_id(name, self.region, self.current_account), name=name, template=body, parameters=parameters,
        account_id=self.current_account, region_name=self.region, notification_arns=self._get_param("NotificationARNs", []),
        tags=_tags(self), role_arn=self._get_param("RoleARN"), cross_stack_resources=backend.exports,
        enable_termination_protection=self._get_bool_param("EnableTerminationProtection", False),
        timeout_in_mins=self._get_param("TimeoutInMinutes"), stack_policy_body=self._get_param("StackPolicyBody"),
    )  # fmt: skip
    stack.disable_rollback = bool(no_rollback) or on_failure == "DO_NOTHING"
    backend.stacks[stack.stack_id] = stack
    life = _begin(stack, token, "create")
    life.run(life.create(on_failure or ("DO_NOTHING" if no_rollback else "ROLLBACK")))
    return ActionResult({"StackId": stack.stack_id})


def _begin(stack, token, operation):
    life = stacks.of(stack)
    life.token = token
    if token:
        life.tokens[token] = operation
    return life


@call
def update_stack(self):
    stack, token = _existing(self, self._get_param("StackName")), self._get_param("ClientRequestToken")
    if token and stacks.of(stack).tokens.get(token) == "update":
        return ActionResult({"StackId": stack.stack_id})
    if stack.status.endswith(_IN_PROGRESS) or stack.status in _NOT_UPDATABLE:
        template.refuse(f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.")
    body = _body(self, stack.template)
    definition = _parsed(body)
    parameters = template.parameters(definition, _given(self, stack))
    template.check_capabilities(definition, self._get_param("Capabilities", []))
    role = self._get_param("RoleARN")
    change = update.Update(stack, body, parameters, _tags(self), role, self._get_bool_param("DisableRollback", False))
    if change.changes_nothing():
        template.refuse("No updates are to be performed.")
    _begin(stack, token, "update").run(change.steps())
    return ActionResult({"StackId": stack.stack_id})


@call
def delete_stack(self):
    stack, token = _find(self, self._get_param("StackName")), self._get_param("ClientRequestToken")
    if stack is None or stack.status == "DELETE_IN_PROGRESS":
        return EmptyResult()  # what is not there, or going, needs no error
    if stack.enable_termination_protection:
        template.refuse(
            f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
        )
    if stack.status.startswith("UPDATE") and stack.status.endswith(_IN_PROGRESS):  # believed; a create can be given up
        template.refuse(f"Stack [{stack.stack_id}] cannot be deleted while in status {stack.status}")
    retained = self._get_param("RetainResources", []) or []
    if retained and stack.status != "DELETE_FAILED":
        template.refuse("Invalid operation on stack [%s]. RetainResources can only be specified when the stack is in DELETE_FAILED state" % stack.stack_id)
    if self._get_param("RoleARN"):
        stack.role_arn = self._get_param("RoleARN")
    life = _begin(stack, token, "delete")
    life.run(life.delete(retained))
    return EmptyResult()


@call
def cancel_update_stack(self):
    stack = _existing(self, self._get_param("StackName"))
    if stack.status != "UPDATE_IN_PROGRESS":
        template.refuse("CancelUpdateStack cannot be called from current stack status")
    stacks.of(stack).cancelled = True
    return EmptyResult()


@call
def update_termination_protection(self):
    stack = _existing(self, self._get_param("StackName"))
    stack.enable_termination_protection = self._get_bool_param("EnableTerminationProtection")
    return ActionResult({"StackId": stack.stack_id})


@call
def execute_change_set(self):
    template.refuse("The sandbox does not execute change sets: use CreateStack and UpdateStack")


# What is told.


def _parameters(stack):
    slots = stack.template_dict.get("Parameters") or {}
    for name, slot in slots.items():
        hidden = str(slot.get("NoEcho", False)).lower() == "true"
        one = {"ParameterKey": name, "ParameterValue": "****" if hidden else stack.parameters[name]}
        if slot.get("Type", "").startswith("AWS::SSM::Parameter::"):
            resolved = stack.resource_map.resolved_parameters.get(name)
            one["ResolvedValue"] = ",".join(resolved) if isinstance(resolved, list) else str(resolved)
        yield one


def _described(stack):
    life = stacks.of(stack)
    return _without_none({
        "StackId": stack.stack_id, "StackName": stack.name, "StackStatus": stack.status, "StackStatusReason": life.reason,
        "Description": stack.description, "CreationTime": stack.creation_time, "LastUpdatedTime": life.last_updated, "DeletionTime": life.deleted,
        "Parameters": list(_parameters(stack)), "Outputs": life.outputs,
        "Tags": dict(stack.tags),  # moto makes the list of it
        "Capabilities": list(filter(None, [template.capability(stack.template_dict)])) if stack.template_dict else [],
        "RoleARN": stack.role_arn, "DisableRollback": stack.disable_rollback, "NotificationARNs": stack.notification_arns,
        "EnableTerminationProtection": bool(stack.enable_termination_protection), "TimeoutInMinutes": stack.timeout_in_minutes,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
    })  # fmt: skip


def _without_none(answer):
    return {key: value for key, value in answer.items() if value is not None}


def _page(self, key, items, size=_PAGE, tell=lambda item: item):
    """A page of items, as tell puts them; the token is the place to go on at."""
    token = self._get_param("NextToken")
    if token and not token.isdigit():
        template.refuse("Invalid NextToken")
    start = int(token or 0)
    answer = {key: [tell(item) for item in items[start : start + size]]}
    if len(items) > start + size:
        answer["NextToken"] = str(start + size)
    return ActionResult(answer)


@call
def describe_stacks(self):
    name = self._get_param("StackName")
    if name:
        return ActionResult({"Stacks": [_described(_existing(self, name))]})
    return _page(self, "Stacks", _newest(self.cloudformation_backend.stacks.values()), 50, _described)


def _newest(found):
    return sorted(found, key=lambda stack: stack.creation_time, reverse=True)


@call
def list_stacks(self):
    """AWS remembers deleted stacks for 90 days; moto for ever."""
    wanted = self._get_param("StackStatusFilter", []) or []
    backend = self.cloudformation_backend
    since = clock.utcnow() - _REMEMBERED
    deleted = [stack for stack in backend.deleted_stacks.values() if stacks.of(stack).deleted > since]
    found = [s for s in _newest([*backend.stacks.values(), *deleted]) if not wanted or s.status in wanted]
    names = ("StackId", "StackName", "StackStatus", "StackStatusReason", "CreationTime", "LastUpdatedTime", "DeletionTime", "DriftInformation")
    return _page(self, "StackSummaries", found, tell=lambda stack: {k: v for k, v in _described(stack).items() if k in names})


@call
def describe_stack_events(self):
    stack = _existing(self, self._get_param("StackName"))
    return _page(self, "StackEvents", stacks.of(stack).events[::-1])


def _parts(self, stack):
    wanted = self._get_param("LogicalResourceId")
    for part in stacks.of(stack).parts.values():
        if wanted in (None, part.logical):
            yield _without_none({
                "StackName": stack.name, "StackId": stack.stack_id, "LogicalResourceId": part.logical, "PhysicalResourceId": part.physical_id or None,
                "ResourceType": part.kind, "ResourceStatus": part.status, "ResourceStatusReason": part.reason,
                "Timestamp": part.timestamp, "LastUpdatedTimestamp": part.timestamp, "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
            })  # fmt: skip


@call
def describe_stack_resources(self):
    physical, name = self._get_param("PhysicalResourceId"), self._get_param("StackName")
    if physical and not name:
        for stack in self.cloudformation_backend.stacks.values():
            if any(part["PhysicalResourceId"] == physical for part in _parts(self, stack)):
                name = stack.name
    return ActionResult({"StackResources": list(_parts(self, _existing(self, name or physical)))[:_PAGE]})


@call
def describe_stack_resource(self):
    stack = _existing(self, self._get_param("StackName"))
    found = list(_parts(self, stack))
    if not found:
        template.refuse(f"Resource {self._get_param('LogicalResourceId')} does not exist for stack {stack.name}")
    return ActionResult({"StackResourceDetail": found[0]})


@call
def list_stack_resources(self):
    stack = _existing(self, self._get_param("StackName"))
    return _page(self, "StackResourceSummaries", list(_parts(self, stack)))


@call
def validate_template(self):
    """Moto runs a linter, and takes its warnings for errors."""
    definition = _parsed(_body(self))
    parameters = [
        {"ParameterKey": k, "DefaultValue": str(v.get("Default", "")), "NoEcho": bool(v.get("NoEcho")), "Description": v.get("Description", "")}
        for k, v in (definition.get("Parameters") or {}).items()
    ]
    needed = template.capability(definition)
    return ActionResult({"Description": definition.get("Description", ""), "Parameters": parameters, "Capabilities": [needed] if needed else []})
