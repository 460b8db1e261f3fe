"""Templates: their functions, and what CloudFormation refuses before it makes a stack."""

import base64
import json
import re

import yaml
from moto.cloudformation import models, parsing, responses, utils
from moto.cloudformation.exceptions import UnformattedGetAttTemplateException, ValidationError
from moto.ssm.models import ssm_backends

_SUB = re.compile(r"\$\{([^}]*)\}")
_SSM = re.compile(r"\{\{resolve:ssm:([^}:]+)(?::\d+)?\}\}")

# GetAtt of these is the physical id: moto knows the attribute of some types only.
_IDS = {"VpcId", "SubnetId", "GroupId", "InternetGatewayId", "RouteTableId", "NatGatewayId", "LaunchTemplateId", "InstanceId", "Id"}

_moto_tag = utils.yaml_tag_constructor


def _tag(loader, tag, node):
    """AWS takes a function inside a short tag, as in !Base64 {"Fn::Sub": …}; moto takes only text and lists."""
    if isinstance(node, yaml.MappingNode) and tag != "!GetAtt":
        key = tag[1:] if tag in ("!Ref", "!Condition") else "Fn::" + tag[1:]
        return {key: loader.construct_mapping(node, deep=True)}
    if isinstance(node, yaml.SequenceNode) and tag != "!GetAtt":
        return {"Fn::" + tag[1:]: loader.construct_sequence(node, deep=True)}
    if tag == "!Condition":
        return {"Condition": node.value}
    return _moto_tag(loader, tag, node)


models.yaml_tag_constructor = responses.yaml_tag_constructor = utils.yaml_tag_constructor = _tag


class _Functions:
    def __init__(self, resources):
        self.resources = resources

    def ref(self, name):
        resource = self.resources[name]
        return getattr(resource, "physical_resource_id", resource)

    def get_att(self, argument):
        name, attribute = argument.split(".", 1) if isinstance(argument, str) else (argument[0], ".".join(argument[1:]))
        resource = self.resources[name]
        try:
            return resource.get_cfn_attribute(attribute)
        except (UnformattedGetAttTemplateException, NotImplementedError, AttributeError):
            if attribute in _IDS:
                return resource.physical_resource_id
            raise ValidationError(
                message=f"Template error: resource {name} does not support attribute type {attribute} in Fn::GetAtt"
            ) from None

    def sub(self, argument):
        text, names = argument if isinstance(argument, list) else (argument, {})

        def one(match):
            name = match.group(1)
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in names:
                return str(resolve(names[name], self.resources))
            return str(self.get_att(name) if "." in name else self.ref(name))

        return _SUB.sub(one, text)

    def find_in_map(self, argument):
        result = self.resources[resolve(argument[0], self.resources)]
        for key in argument[1:]:
            result = result[str(resolve(key, self.resources))]
        return result

    def get_azs(self, argument):
        """Of the stack's own region when none is named; moto says us-east-1."""
        region = resolve(argument, self.resources) or self.resources["AWS::Region"]
        return [region + zone for zone in "abcd"]

    def import_value(self, argument):
        name = resolve(argument, self.resources)
        exports = getattr(self.resources, "cross_stack_resources", None) or {}
        if name not in exports:
            raise ValidationError(message=f"No export named {name} found.")
        return exports[name].value


def resolve(value, resources):
    """Replaces moto's clean_json: a template's value with every function worked out; AWS::NoValue leaves nothing behind."""
    if isinstance(value, list):
        return [v for v in (resolve(item, resources) for item in value) if v is not None]
    if isinstance(value, str):
        return _SSM.sub(lambda match: _ssm(match.group(1), resources), value) if "{{resolve:ssm:" in value else value
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (key, argument), functions = next(iter(value.items())), _Functions(resources)
        if key == "Ref":
            return functions.ref(argument)
        if key == "Fn::GetAtt":
            return functions.get_att(argument)
        if key == "Fn::If":
            name, yes, no = argument
            return resolve(yes if resources.lazy_condition_map[name] else no, resources)
        if key == "Fn::Sub":
            return functions.sub(argument)
        if key == "Fn::Join":
            return argument[0].join(str(part) for part in resolve(argument[1], resources))
        if key == "Fn::Split":
            return resolve(argument[1], resources).split(argument[0])
        if key == "Fn::Select":
            return resolve(argument[1], resources)[int(resolve(argument[0], resources))]
        if key == "Fn::FindInMap":
            return functions.find_in_map(argument)
        if key == "Fn::GetAZs":
            return functions.get_azs(argument)
        if key == "Fn::ImportValue":
            return functions.import_value(argument)
        if key == "Fn::Base64":
            return base64.b64encode(str(resolve(argument, resources)).encode()).decode()
        if key == "Fn::ToJsonString":
            return json.dumps(resolve(argument, resources))
        if key == "Fn::Cidr":
            return _cidr(*resolve(argument, resources))
        if key.startswith("Fn::"):
            raise ValidationError(message=f"Template error: {key} is not emulated")
    resolved = ((key, resolve(item, resources)) for key, item in value.items())
    return {key: item for key, item in resolved if item is not None}


def _cidr(block, count, bits):
    import ipaddress

    subnets = ipaddress.ip_network(block).subnets(new_prefix=32 - int(bits))
    return [str(next(subnets)) for _ in range(int(count))]


def _ssm(name, resources):
    """{{resolve:ssm:name}} anywhere in a value; moto leaves it as it is."""
    parameter = ssm_backends[resources["AWS::AccountId"]][resources["AWS::Region"]].get_parameter(name)
    if parameter is None:
        raise ValidationError(message=f"Parameters: [{name}] cannot be found in the Systems Manager Parameter Store.")
    return parameter.value


def _condition(condition, resources, known):
    """Conditions compare text: a Number parameter equals its digits, which moto does not find."""
    if isinstance(condition, bool):
        return condition
    operator, argument = next(iter(condition.items()))
    if operator == "Condition":
        return known[argument]
    if operator == "Fn::Equals":
        first, second = (_text(resolve(value, resources)) for value in argument)
        return first == second
    results = [_condition(inner, resources, known) for inner in argument]
    if operator == "Fn::Not":
        return not results[0]
    return all(results) if operator == "Fn::And" else any(results)


def _text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def _item(self, name):
    """A reference never makes anything, as moto's do: everything is made in the order of dependencies. What has a false
    condition is not there; what is neither is refused."""
    if name in self._parsed_resources:
        return self._parsed_resources[name]
    wanted = self._resource_json_map.get(name)
    if wanted is not None and "Condition" in wanted and not self.lazy_condition_map[wanted["Condition"]]:
        return None
    raise ValidationError(message=f"Unresolved resource dependencies [{name}] in the Resources block of the template")


def _parse_ssm(self, value, value_type):
    """AWS resolves parameters of type AWS::SSM::Parameter::Value; a missing one is the caller's mistake, not ours (500)."""
    values = []
    for name in value.split(",") if "List<" in value_type else [value]:
        parameter = ssm_backends[self._account_id][self._region_name].get_parameter(name)
        if parameter is None:
            raise ValidationError(message=f"Unable to fetch parameters [{name}] from parameter store for this account.")
        values.append(parameter.value)
    return values if "List<" in value_type else values[0]


parsing.clean_json = resolve
parsing.parse_condition = _condition
parsing.ResourceMap.__getitem__ = _item
parsing.ResourceMap.parse_ssm_parameter = _parse_ssm
