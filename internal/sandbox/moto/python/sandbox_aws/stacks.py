"""The life of a stack. On AWS it takes time, resource by resource, and what fails is undone; moto does everything at
once and leaves what failed as it is."""

import json
import uuid

from moto.cloudformation import models, parsing

from . import clock, failures, kinds, template

_GONE = ("DELETE_COMPLETE", "DELETE_SKIPPED")
_CLEANUP_SECONDS = 5


class Part:
    """A resource of a stack, as the stack knows it."""

    def __init__(self, logical, definition):
        self.logical, self.template = logical, definition
        self.kind = definition["Type"]
        self.resource, self.properties, self.physical_id = None, {}, ""
        self.status = self.reason = None
        self.timestamp = clock.utcnow()


class Lifecycle:
    """What is under way, and what came of it: the part of a stack that moto does not have."""

    def __init__(self, stack):
        self.stack = stack
        self.parts = {}  # by logical id, in the order in which they were made
        self.events = []
        self.outputs = []
        self.reason = self.token = self.last_updated = self.deleted = self.job = None
        self.tokens = {}  # the operation that each ClientRequestToken began
        self.cancelled = False

    def run(self, steps):
        if self.job is not None:
            self.job.cancel()
        self.cancelled = False
        self.job = clock.start(steps)

    def say(self, status, reason=None):
        """The stack enters a state."""
        self.stack.status, self.reason = status, reason
        self._event(self.stack.name, self.stack.stack_id, "AWS::CloudFormation::Stack", status, reason)

    def mark(self, part, status, reason=None):
        part.status, part.reason, part.timestamp = status, reason, clock.utcnow()
        self._event(part.logical, part.physical_id, part.kind, status, reason, json.dumps(part.properties, default=str))

    def _event(self, logical, physical, kind, status, reason, properties=None):
        event = {
            "StackId": self.stack.stack_id, "EventId": str(uuid.uuid4()), "StackName": self.stack.name, "LogicalResourceId": logical,
            "PhysicalResourceId": physical, "ResourceType": kind, "Timestamp": clock.utcnow(), "ResourceStatus": status,
            "ResourceStatusReason": reason, "ResourceProperties": properties, "ClientRequestToken": self.token,
        }  # fmt: skip
        self.events.append({key: value for key, value in event.items() if value is not None})

    # One resource.

    def make(self, part, resources):
        """Makes a part's resource and returns why that failed, if so."""
        place = kinds.Place(self.stack, part.logical, part.template)
        handler = kinds.of(part.kind)
        try:
            part.properties = parsing.clean_json(part.template.get("Properties", {}), resources)
            failures.check("create", self.stack.name, part.logical, part.kind)
            part.resource = handler.create(place, json_copy(part.properties))
            part.physical_id = str(getattr(part.resource, "physical_resource_id", "") or place.physical_name())
            handler.tag(place, part.resource, part.properties)
        except Exception as problem:
            return _why(problem)
        resources._parsed_resources[part.logical] = part.resource
        return None

    def remove(self, part):
        place = kinds.Place(self.stack, part.logical, part.template)
        try:
            failures.check("delete", self.stack.name, part.logical, part.kind)
            if part.resource is not None:
                kinds.of(part.kind).delete(place, part.resource, part.properties)
        except Exception as problem:
            return _why(problem)
        self.stack.resource_map._parsed_resources.pop(part.logical, None)
        return None

    # Create, and undo.

    def create(self, on_failure):
        self.say("CREATE_IN_PROGRESS", "User Initiated")
        resources = self.stack.resource_map
        for logical in wanted(resources):
            part = self.parts[logical] = Part(logical, resources._resource_json_map[logical])
            self.mark(part, "CREATE_IN_PROGRESS")
            problem = self.make(part, resources)
            yield kinds.seconds(part.kind, "create")
            if problem:
                self.mark(part, "CREATE_FAILED", problem)
                yield from self._undo(on_failure, f"The following resource(s) failed to create: [{logical}]. ")
                return
            self.mark(part, "CREATE_COMPLETE")
        problem = self.finish("CREATE_COMPLETE")
        if problem:
            yield from self._undo(on_failure, problem)

    def _undo(self, on_failure, reason):
        if on_failure == "DO_NOTHING":
            self.say("CREATE_FAILED", reason)
        elif on_failure == "DELETE":
            yield from self.delete((), reason + "Delete requested by user.", undoing=True)
        else:
            self.say("ROLLBACK_IN_PROGRESS", reason + "Rollback requested by user.")
            why = self.reason
            held = yield from self._remove_all((), undoing=True)
            self.say("ROLLBACK_FAILED" if held else "ROLLBACK_COMPLETE", _held("delete", held))
            self.reason = self.reason or why  # believed: AWS keeps saying why it rolled back; the events say it for certain

    def finish(self, status):
        """Works out the outputs; an output that cannot be is a failure, as on AWS."""
        try:
            self.outputs = outputs(self.stack)
        except Exception as problem:
            return _why(problem)
        self.say(status)
        return None

    # Delete.

    def delete(self, retained, reason="User Initiated", undoing=False):
        self.say("DELETE_IN_PROGRESS", reason)
        held = yield from self._remove_all(retained, undoing)
        if held:
            self.say("DELETE_FAILED", _held("delete", held))
            return
        self.deleted = clock.utcnow()
        self.say("DELETE_COMPLETE")
        backend = models.cloudformation_backends[self.stack.account_id][self.stack.region_name]
        backend.stacks.pop(self.stack.stack_id, None)
        backend.deleted_stacks[self.stack.stack_id] = self.stack
        for name in [n for n, export in backend.exports.items() if export.exporting_stack_id == self.stack.stack_id]:
            del backend.exports[name]

    def _remove_all(self, retained, undoing=False):
        """Everything, each before what it depends on. What a part that could not go depends on is not tried."""
        held, needed = [], set()
        every = {name: part.template for name, part in self.parts.items()}
        for logical in reversed(template.order(every)):
            part = self.parts[logical]
            if part.status in _GONE:
                continue
            if logical in retained or (retains(part, undoing) and part.status != "CREATE_FAILED"):
                self.mark(part, "DELETE_SKIPPED")
                continue
            if logical in needed:
                needed.update(sum(template.dependencies(part.template), []))
                continue
            self.mark(part, "DELETE_IN_PROGRESS")
            yield kinds.seconds(part.kind, "delete")
            problem = self.remove(part)
            if problem:
                self.mark(part, "DELETE_FAILED", problem)
                held.append(logical)
                needed.update(sum(template.dependencies(part.template), []))
            else:
                self.mark(part, "DELETE_COMPLETE")
        return held


def retains(part, undoing=False):
    """Whether a resource outlives its stack, or its place in it. RetainExceptOnCreate is Retain, except that what a failed
    operation has made goes when that operation is undone. Moto knows Retain alone."""
    policy = part.template.get("DeletionPolicy")
    return policy == "Retain" or (policy == "RetainExceptOnCreate" and not undoing)


def json_copy(value):
    """Moto's models write into what they are given."""
    return json.loads(json.dumps(value, default=str))


def wanted(resources):
    """The names of the resources that a template makes, in the order of their dependencies."""
    definitions = resources._resource_json_map
    absent = {n for n, d in definitions.items() if "Condition" in d and not resources.lazy_condition_map[d["Condition"]]}
    return [name for name in template.order(definitions) if name not in absent]


def outputs(stack):
    """Their values now, and what they export."""
    resources = stack.resource_map
    backend = models.cloudformation_backends[stack.account_id][stack.region_name]
    found, exported = [], {}
    for key, output in (stack.template_dict.get("Outputs") or {}).items():
        if "Condition" in output and not resources.lazy_condition_map[output["Condition"]]:
            continue
        one = {"OutputKey": key, "OutputValue": str(parsing.clean_json(output["Value"], resources))}
        if "Description" in output:
            one["Description"] = output["Description"]
        if "Export" in output:
            one["ExportName"] = name = parsing.clean_json(output["Export"]["Name"], resources)
            other = backend.exports.get(name)
            if other is not None and other.exporting_stack_id != stack.stack_id:
                template.refuse(f"Export with name {name} is already exported by stack {other.exporting_stack_id}.")
            exported[name] = parsing.Export(stack.stack_id, name, one["OutputValue"])
        found.append(one)
    for name in [n for n, export in backend.exports.items() if export.exporting_stack_id == stack.stack_id]:
        del backend.exports[name]
    backend.exports.update(exported)
    return found


def _held(verb, names):
    return f"The following resource(s) failed to {verb}: [{', '.join(sorted(names))}]. " if names else None


def _why(problem):
    if isinstance(problem, failures.Failure):
        return str(problem)
    message = getattr(problem, "message", None) or getattr(problem, "description", None) or str(problem)
    code = getattr(problem, "code", None) or getattr(problem, "error_type", None) or type(problem).__name__
    return f"Resource handler returned message: \"{message}\" (HandlerErrorCode: {code})"


def of(stack):
    if not hasattr(stack, "lifecycle"):
        stack.lifecycle = Lifecycle(stack)
    return stack.lifecycle
