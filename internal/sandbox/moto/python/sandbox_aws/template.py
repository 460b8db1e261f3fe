"""What CloudFormation refuses at once: a template that cannot be, parameters that may not be, a missing capability."""

import re

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError

_SUB = re.compile(r"\$\{([^}!][^}]*)\}")
_LONGEST_PARAMETER = 4096
_LONGEST_BODY = 51200
_NAMED = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
}
_UNNAMED = {"AWS::IAM::Policy", "AWS::IAM::AccessKey", "AWS::IAM::UserToGroupAddition"}


def refuse(message):
    raise ValidationError(message=message)


def references(value):
    """The names that a value refers to."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "Ref" and isinstance(item, str):
                yield item
            elif key == "Fn::GetAtt":
                yield item.split(".")[0] if isinstance(item, str) else item[0]
            elif key == "Fn::Sub":
                text, names = item if isinstance(item, list) else (item, {})
                yield from (name.split(".")[0] for name in _SUB.findall(text) if name not in names)
                yield from references(names)
            else:
                yield from references(item)


def dependencies(resource):
    listed = resource.get("DependsOn", [])
    return [listed] if isinstance(listed, str) else list(listed), list(references(resource.get("Properties", {})))


def order(resources):
    """The names of resources, each after those it depends on."""
    done, under_way = [], []

    def visit(name):
        if name in done:
            return
        if name in under_way:
            refuse(f"Circular dependency between resources: [{', '.join(sorted(under_way))}]")
        under_way.append(name)
        for needed in sum(dependencies(resources[name]), []):
            if needed in resources:
                visit(needed)
        under_way.remove(name)
        done.append(name)

    for name in resources:
        visit(name)
    return done


def check(template):
    if not isinstance(template, dict) or not template.get("Resources"):
        refuse("Template format error: At least one Resources member must be defined.")
    resources = template["Resources"]
    known = {*resources, *template.get("Parameters", {})}
    unknown = sorted({r.get("Type", "") for r in resources.values()} - _types())
    if unknown:  # moto skips them
        refuse(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")
    for block, values in (("Resources", resources), ("Outputs", template.get("Outputs") or {})):
        for value in values.values():
            _check_references(block, value, known, resources)
    for name, resource in resources.items():
        if "Condition" in resource and resource["Condition"] not in template.get("Conditions", {}):
            refuse(f"Template format error: Unresolved condition dependency {resource['Condition']} in the Resources block of the template")
        if name and not name.isalnum():
            refuse(f"Template format error: Resource name {name} is non alphanumeric.")
    order(resources)


def _check_references(block, value, known, resources):
    missing = sorted({n for n in references(value) if n not in known and not n.startswith("AWS::")})
    if "DependsOn" in value:
        missing += [n for n in dependencies(value)[0] if n not in resources]
    if missing:
        refuse(f"Template format error: Unresolved resource dependencies [{', '.join(missing)}] in the {block} block of the template")


def _types():
    return set(parsing.get_model_map()) - {"AWS::SERVICE::RESOURCE", "AWS::CloudFormation::Stack"} | set(parsing.NULL_MODELS)


def check_body(body):
    if body and len(body.encode()) > _LONGEST_BODY:
        refuse(
            f"1 validation error detected: Value at 'templateBody' failed to satisfy constraint: "
            f"Member must have length less than or equal to {_LONGEST_BODY}"
        )


def check_capabilities(template, capabilities):
    needed = capability(template)
    if needed and not {needed, "CAPABILITY_NAMED_IAM"} & set(capabilities or []):
        error = ValidationError(message=f"Requires capabilities : [{needed}]")
        error.code = "InsufficientCapabilitiesException"
        raise error


def capability(template):
    """The capability that a template needs: making things of IAM, with names of their own or not."""
    needed = ""
    for resource in template["Resources"].values():
        kind = resource["Type"]
        if kind in _NAMED and _NAMED[kind] in resource.get("Properties", {}):
            return "CAPABILITY_NAMED_IAM"
        if kind in _NAMED or kind in _UNNAMED:
            needed = "CAPABILITY_IAM"
    return needed


def parameters(template, given):
    """The values of all parameters, as text: those given, and the defaults. AWS refuses what may not be."""
    slots = template.get("Parameters") or {}
    defaults = {name: _written(slot["Default"]) for name, slot in slots.items() if "Default" in slot}
    unknown = [name for name in given if name not in slots]
    if unknown:
        refuse(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    missing = [name for name, slot in slots.items() if name not in given and "Default" not in slot]
    if missing:
        refuse(f"Parameters: [{', '.join(missing)}] must have values")
    values = {**defaults, **given}
    for name, slot in slots.items():
        value = values[name]
        if len(value) > _LONGEST_PARAMETER:
            refuse(f"Parameter value for parameter name {name} is too long. Length is {len(value)}, but the maximum length is {_LONGEST_PARAMETER}")
        listed = slot.get("Type", "").startswith("List<") or slot.get("Type") == "CommaDelimitedList"
        for one in value.split(",") if listed else [value]:
            _check_parameter(name, one, slot)
    return values


def _check_parameter(name, value, slot):
    number = _number(value)
    rules = (
        ("Number" in slot.get("Type", "") and number is None, "must be a number"),
        ("AllowedValues" in slot and value not in map(_written, slot["AllowedValues"]), "must be one of AllowedValues"),
        ("MinValue" in slot and number is not None and number < float(slot["MinValue"]), f"must be a number not less than {slot.get('MinValue')}"),
        ("MaxValue" in slot and number is not None and number > float(slot["MaxValue"]), f"must be a number not greater than {slot.get('MaxValue')}"),
        ("MinLength" in slot and len(value) < int(slot["MinLength"]), f"must contain at least {slot.get('MinLength')} characters"),
        ("MaxLength" in slot and len(value) > int(slot["MaxLength"]), f"must contain at most {slot.get('MaxLength')} characters"),
        ("AllowedPattern" in slot and not re.fullmatch(slot["AllowedPattern"], value), f"must match pattern {slot.get('AllowedPattern')}"),
    )
    for broken, rule in rules:
        if broken:
            refuse(slot.get("ConstraintDescription") and f"Parameter {name} failed to satisfy constraint: {slot['ConstraintDescription']}" or f"Parameter '{name}' {rule}")


def _written(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(value):
    try:
        return float(value)
    except ValueError:
        return None


# AWS checks the attributes of outputs when it works them out; moto does so at the start, from lists with gaps.
parsing.ResourceMap.validate_outputs = lambda self: None
