"""Updates: only what differs changes, in place where AWS can; a failed update puts everything back."""

from moto.cloudformation import parsing

from . import clock, failures, kinds, stacks


def resources_of(stack, body, parameters, tags):
    """A stack's resources as another template and parameters would have them. It is refused here what cannot be."""
    definition = stack.parse_template(body)
    found = parsing.ResourceMap(
        stack.stack_id, stack.name, parameters, tags, account_id=stack.account_id, region_name=stack.region_name,
        template=definition, cross_stack_resources=stack.cross_stack_resources,
    )  # fmt: skip
    found.load()
    for name, part in stacks.of(stack).parts.items():
        if part.resource is not None and part.status not in ("DELETE_COMPLETE", "DELETE_SKIPPED"):
            found._parsed_resources[name] = part.resource
    return definition, found


class Update:
    def __init__(self, stack, body, parameters, tags, role, disable_rollback=False):
        self.stack, self.life = stack, stacks.of(stack)
        self.body, self.parameters, self.role = body, parameters, role
        self.tags = stack.tags if tags is None else tags
        self.tags_changed = self.tags != stack.tags
        self.definition, self.resources = resources_of(stack, body, parameters, self.tags)
        self.disable_rollback = disable_rollback
        self.changed = []  # (part, its old template and properties), or a part that is new
        self.replaced = []  # parts whose old resource goes in the clean-up

    def changes_nothing(self):
        """AWS refuses an update that would change nothing: same template, same values of its parameters, same tags."""
        same_template = self.stack.parse_template(self.stack.template) == self.definition
        before, after = self.stack.resource_map.resolved_parameters, self.resources.resolved_parameters
        return same_template and not self.tags_changed and before == after

    def steps(self):
        old = (self.stack.template, self.stack.template_dict, self.stack.parameters, self.stack.resource_map, self.stack.tags)
        self.life.last_updated = clock.utcnow()
        self.life.say("UPDATE_IN_PROGRESS", "User Initiated")
        self.stack.tags = self.tags
        problem = yield from self._forward()
        if not problem:
            self.stack.template, self.stack.template_dict, self.stack.parameters = self.body, self.definition, self.parameters
            self.stack.resource_map, self.stack.role_arn = self.resources, self.role or self.stack.role_arn
            self.stack.description = self.definition.get("Description")
            problem = self.life.finish("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        if not problem:
            gone = [name for name in self.life.parts if name not in stacks.wanted(self.resources)]
            yield from self._clean([self.life.parts[name] for name in gone] + self.replaced)
            for name in gone:
                self.life.parts.pop(name)
            self.life.say("UPDATE_COMPLETE")
            return
        self.stack.template, self.stack.template_dict, self.stack.parameters, self.stack.resource_map, self.stack.tags = old
        if self.disable_rollback:
            self.life.say("UPDATE_FAILED", problem)
            return
        yield from self._back(problem)

    def _forward(self):
        for name in stacks.wanted(self.resources):
            definition = self.resources._resource_json_map[name]
            part = self.life.parts.get(name)
            if part is None or part.status == "DELETE_COMPLETE":
                problem = yield from self._make(name, definition)
            else:
                problem = yield from self._change(part, definition)
            if not problem and self.life.cancelled:
                problem = "Update cancelled by user. "
            if problem:
                return problem
        return None

    def _make(self, name, definition):
        part = self.life.parts[name] = stacks.Part(name, definition)
        self.changed.append((part, None))
        self.life.mark(part, "CREATE_IN_PROGRESS")
        problem = self.life.make(part, self.resources)
        yield kinds.seconds(part.kind, "create")
        if problem:
            self.life.mark(part, "CREATE_FAILED", problem)
            return f"The following resource(s) failed to create: [{name}]. "
        self.life.mark(part, "CREATE_COMPLETE")
        return None

    def _change(self, part, definition):
        try:
            properties = parsing.clean_json(definition.get("Properties", {}), self.resources)
        except Exception as found:
            properties, problem = part.properties, stacks._why(found)
        else:
            problem = None
            if properties == part.properties and not self.tags_changed and part.kind == definition["Type"]:
                part.template = definition
                return None
        before = (part.template, part.properties, part.resource, part.physical_id)
        self.changed.append((part, before))
        self.life.mark(part, "UPDATE_IN_PROGRESS")
        yield kinds.seconds(part.kind, "update")
        problem = problem or self._apply(part, definition, properties)
        if problem:
            self.life.mark(part, "UPDATE_FAILED", problem)
            return f"The following resource(s) failed to update: [{part.logical}]. "
        self.life.mark(part, "UPDATE_COMPLETE")
        return None

    def _apply(self, part, definition, properties):
        """In place, or by a new resource when a property says so; the old one goes in the clean-up."""
        handler, place = kinds.of(definition["Type"]), kinds.Place(self.stack, part.logical, definition)
        names = set(part.properties) | set(properties)
        differing = {name for name in names if part.properties.get(name) != properties.get(name)}
        replaced = part.kind != definition["Type"] or bool(differing & set(handler.replaces))
        old = stacks.Part(part.logical, part.template)
        old.resource, old.properties, old.physical_id = part.resource, part.properties, part.physical_id
        try:
            failures.check("update", self.stack.name, part.logical, part.kind)
            if replaced:
                part.resource = handler.create(place, stacks.json_copy(properties))
                part.kind = definition["Type"]
            else:
                part.resource = handler.update(place, part.resource, part.properties, stacks.json_copy(properties)) or part.resource
            handler.tag(place, part.resource, properties)
        except Exception as problem:
            return stacks._why(problem)
        part.template, part.properties = definition, properties
        part.physical_id = str(getattr(part.resource, "physical_resource_id", "") or part.physical_id)
        self.resources._parsed_resources[part.logical] = part.resource
        if replaced:
            self.replaced.append(old)
        return None

    def _clean(self, parts):
        """What is no longer wanted goes last; what cannot go is forgotten, as on AWS."""
        yield stacks._CLEANUP_SECONDS
        for part in reversed(parts):
            kept = part.template.get("UpdateReplacePolicy") == "Retain" if part in self.replaced else stacks.retains(part)
            if kept or part.status == "DELETE_COMPLETE":
                continue
            self.life.mark(part, "DELETE_IN_PROGRESS")
            yield kinds.seconds(part.kind, "delete")
            kept = self.resources._parsed_resources.get(part.logical)
            problem = self.life.remove(part)
            if kept is not None and kept is not part.resource:
                self.stack.resource_map._parsed_resources[part.logical] = kept
            self.life.mark(part, "DELETE_FAILED" if problem else "DELETE_COMPLETE", problem)

    def _back(self, reason):
        self.life.say("UPDATE_ROLLBACK_IN_PROGRESS", reason)
        made, held = [], []
        for part, before in reversed(self.changed):
            if before is None:
                made.append(part)
                continue
            definition, properties, resource, physical = before
            self.life.mark(part, "UPDATE_IN_PROGRESS")
            yield kinds.seconds(part.kind, "update")
            place = kinds.Place(self.stack, part.logical, definition)
            try:
                if part.resource is resource:
                    kinds.of(part.kind).update(place, resource, part.properties, stacks.json_copy(properties))
                    kinds.of(part.kind).tag(place, resource, properties)
                else:
                    new = stacks.Part(part.logical, part.template)
                    new.resource, new.properties, new.physical_id = part.resource, part.properties, part.physical_id
                    made.append(new)
            except Exception as problem:
                held.append(part.logical)
                self.life.mark(part, "UPDATE_FAILED", stacks._why(problem))
                continue
            part.template, part.properties, part.resource, part.physical_id, part.kind = definition, properties, resource, physical, definition["Type"]
            self.stack.resource_map._parsed_resources[part.logical] = resource
            self.life.mark(part, "UPDATE_COMPLETE")
        if held:
            self.life.say("UPDATE_ROLLBACK_FAILED", f"The following resource(s) failed to update: [{', '.join(held)}]. ")
            return
        self.life.say("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        yield stacks._CLEANUP_SECONDS
        for part in made:
            current = self.life.parts.get(part.logical)
            if part.resource is not None and current is part and stacks.retains(part, undoing=True):
                self.life.mark(part, "DELETE_SKIPPED")
            elif part.resource is not None:
                self.life.mark(part, "DELETE_IN_PROGRESS")
                yield kinds.seconds(part.kind, "delete")
                problem = self.life.remove(part)
                self.life.mark(part, "DELETE_FAILED" if problem else "DELETE_COMPLETE", problem)
            if current is part:
                self.life.parts.pop(part.logical)
            elif current is not None:
                self.stack.resource_map._parsed_resources[part.logical] = current.resource
        self.life.say("UPDATE_ROLLBACK_COMPLETE")
        self.life.reason = reason
