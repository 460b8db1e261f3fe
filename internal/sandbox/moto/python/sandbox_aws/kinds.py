"""How resources of each type are made, changed and deleted. What is not registered here is done as moto does it."""

from moto.cloudformation import parsing
from moto.ec2.models import ec2_backends
from moto.ec2.models.core import TaggedEC2Resource

_kinds = {}

# How long AWS takes, in seconds, to make and to delete one; anything else takes 3 and 2.
_SECONDS = {
    "AWS::AutoScaling::AutoScalingGroup": (40, 60),
    "AWS::EC2::EIP": (15, 2),
    "AWS::EC2::Instance": (25, 45),
    "AWS::EC2::InternetGateway": (16, 2),
    "AWS::EC2::NatGateway": (100, 60),
    "AWS::EC2::Subnet": (4, 2),
    "AWS::EC2::VPC": (12, 2),
    "AWS::EC2::VPCEndpoint": (15, 20),
    "AWS::IAM::InstanceProfile": (120, 2),
    "AWS::IAM::Role": (17, 2),
    "AWS::Route53::RecordSet": (30, 30),
}


def seconds(kind, operation):
    made, deleted = _SECONDS.get(kind, (3, 2))
    return deleted if operation == "delete" else made


class Place:
    """Where a resource is made: its stack, its name there, and the resources it may refer to."""

    def __init__(self, stack, logical, template):
        self.stack, self.logical, self.template = stack, logical, template
        self.account, self.region = stack.account_id, stack.region_name
        self.kind = template["Type"]

    @property
    def ec2(self):
        return ec2_backends[self.account][self.region]

    def physical_name(self):
        return parsing.generate_resource_name(self.kind, self.stack.name, self.logical)

    def tags(self, given=()):
        """The tags that AWS puts on a resource: its own, the stack's, and three of CloudFormation's."""
        tags = dict(self.stack.tags)
        tags.update({tag["Key"]: tag["Value"] for tag in given})
        tags["aws:cloudformation:stack-name"] = self.stack.name
        tags["aws:cloudformation:stack-id"] = self.stack.stack_id
        tags["aws:cloudformation:logical-id"] = self.logical
        return tags


class Kind:
    """The default of each step is moto's own."""

    replaces = ()  # the properties that cannot be changed in place

    def create(self, place, properties):
        found = parsing.resource_class_from_type(place.kind)
        if found is None:
            return None
        json = dict(place.template, Properties=properties)
        named = parsing.resource_name_property_from_type(place.kind)
        name = properties.get(named) if named else None
        return found.create_from_cloudformation_json(
            name or place.physical_name(), json, place.account, place.region,
            LogicalId=place.logical, StackId=place.stack.stack_id, ResourceType=place.kind,
        )  # fmt: skip

    def update(self, place, resource, old, new):
        """Changes in place; AWS does so with most properties. Moto replaces or loses the thing, hence nothing by default:
        the new properties are remembered, and tags are changed by tag()."""
        return resource

    def delete(self, place, resource, properties):
        if hasattr(resource, "delete"):
            return resource.delete(place.account, place.region)
        found = parsing.resource_class_from_type(place.kind)
        if found is not None and not hasattr(found.delete_from_cloudformation_json, "__isabstractmethod__"):
            found.delete_from_cloudformation_json(
                resource.physical_resource_id, dict(place.template, Properties=properties), place.account, place.region
            )

    def tag(self, place, resource, properties):
        if isinstance(resource, TaggedEC2Resource):
            tags = properties.get("Tags", ()) if isinstance(properties.get("Tags", ()), list) else ()
            place.ec2.create_tags([resource.physical_resource_id], place.tags(tags))


class Moto(Kind):
    """Types that moto changes in place itself."""

    def update(self, place, resource, old, new):
        found = parsing.resource_class_from_type(place.kind)
        json = dict(place.template, Properties=new)
        named = parsing.resource_name_property_from_type(place.kind)
        name = (new.get(named) if named else None) or resource.physical_resource_id
        return found.update_from_cloudformation_json(
            original_resource=resource, new_resource_name=name, cloudformation_json=json,
            account_id=place.account, region_name=place.region,
        )  # fmt: skip


def register(kind, handler):
    _kinds[kind] = handler


def of(kind):
    return _kinds.get(kind, _default)


_default = Kind()


def _immutable(kind, *properties, handler=Kind):
    made = handler()
    made.replaces = properties
    register(kind, made)


_immutable("AWS::EC2::InternetGateway")
_immutable("AWS::KMS::Key", "KeySpec", "KeyUsage")
_immutable("AWS::Logs::LogGroup", "LogGroupName")
_immutable("AWS::SSM::Parameter", "Name", handler=Moto)
_immutable("AWS::S3::Bucket", "BucketName")
_immutable("AWS::IAM::Policy", handler=Moto)
_immutable("AWS::KMS::Alias", "AliasName", handler=Moto)
_immutable("AWS::Lambda::Function", "FunctionName", handler=Moto)
_immutable("AWS::Events::Rule", "Name", handler=Moto)
