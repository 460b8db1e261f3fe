"""The resources of a network. Moto's CloudFormation leaves most of them behind when a stack goes, and lets others go
while they are in use; AWS deletes every one, and answers DependencyViolation for what something else still needs."""

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_ip_addresses import ElasticAddress
from moto.ec2.utils import parse_user_data

from .extra import Thing
from .kinds import Kind, register


class DependencyViolation(EC2ClientError):
    def __init__(self, what):
        super().__init__("DependencyViolation", f"{what} has dependencies and cannot be deleted.")


def _running(ec2):
    return [i for i in ec2.all_instances() if i.state != "terminated"]


class _VPC(Kind):
    replaces = ("CidrBlock", "InstanceTenancy")

    def create(self, place, properties):
        vpc = super().create(place, properties)
        self.update(place, vpc, {}, properties)
        return vpc

    def update(self, place, resource, old, new):
        """EnableDnsSupport and EnableDnsHostnames, which moto drops."""
        resource.enable_dns_support = str(new.get("EnableDnsSupport", True)).lower()
        resource.enable_dns_hostnames = str(new.get("EnableDnsHostnames", False)).lower()
        return resource

    def delete(self, place, resource, properties):
        ec2, vpc = place.ec2, resource.id
        attached = any(gateway.vpc and gateway.vpc.id == vpc for gateway in ec2.internet_gateways.values())
        groups = [g for g in ec2.groups.get(vpc, {}).values() if g.name != "default"]
        endpoints = [e for e in ec2.vpc_end_points.values() if e.vpc_id == vpc]
        if attached or groups or endpoints:
            raise DependencyViolation(f"The vpc '{vpc}'")
        ec2.delete_vpc(vpc)


class _Subnet(Kind):
    replaces = ("CidrBlock", "AvailabilityZone", "VpcId")

    def create(self, place, properties):
        subnet = super().create(place, properties)
        self.update(place, subnet, {}, properties)
        return subnet

    def update(self, place, resource, old, new):
        resource.map_public_ip_on_launch = str(new.get("MapPublicIpOnLaunch", False)).lower()
        return resource

    def delete(self, place, resource, properties):
        """Not while anything has an address in it."""
        instances = any(i.subnet_id == resource.id for i in _running(place.ec2))
        gateways = any(g.subnet_id == resource.id and g.state != "deleted" for g in place.ec2.nat_gateways.values())
        if instances or gateways:
            raise DependencyViolation(f"The subnet '{resource.id}'")
        place.ec2.delete_subnet(resource.id)


class _Gateway(Kind):
    def delete(self, place, resource, properties):
        place.ec2.delete_internet_gateway(resource.id)


class _Attachment(Kind):
    replaces = ("VpcId", "InternetGatewayId")

    def delete(self, place, resource, properties):
        """Not while an address in the VPC is mapped through it: AWS says so of elastic addresses."""
        gateway, vpc = properties.get("InternetGatewayId"), properties["VpcId"]
        if any(g.vpc_id == vpc and g.state != "deleted" for g in place.ec2.nat_gateways.values()):
            raise EC2ClientError("DependencyViolation", f"Network {vpc} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.")
        if gateway:
            place.ec2.detach_internet_gateway(gateway, vpc)


class _RouteTable(Kind):
    replaces = ("VpcId",)

    def delete(self, place, resource, properties):
        place.ec2.delete_route_table(resource.id)


class _Association(Kind):
    replaces = ("SubnetId", "RouteTableId")

    def create(self, place, properties):
        """A real association; moto's is known to its CloudFormation only."""
        return Thing(place.ec2.associate_route_table(properties["RouteTableId"], subnet_id=properties["SubnetId"]))

    def delete(self, place, resource, properties):
        place.ec2.disassociate_route_table(resource.physical_resource_id)


class _Route(Kind):
    replaces = ("RouteTableId", "DestinationCidrBlock")

    def delete(self, place, resource, properties):
        place.ec2.delete_route(properties["RouteTableId"], properties.get("DestinationCidrBlock"), properties.get("DestinationIpv6CidrBlock"))


class _Nat(Kind):
    replaces = ("SubnetId", "AllocationId", "ConnectivityType")

    def delete(self, place, resource, properties):
        """A deleted NAT gateway leaves its address free; AWS shows it as deleted for about an hour, moto for ever."""
        place.ec2.delete_nat_gateway(resource.id)
        place.ec2.nat_gateways.pop(resource.id, None)
        place.ec2.enis.pop(resource._eni.id, None)
        for address in place.ec2.addresses:
            if address.allocation_id == properties.get("AllocationId"):
                _free(address)


def _free(address):
    address.eni = address.instance = address.association_id = None


class _Address(Kind):
    replaces = ("Domain",)

    def create(self, place, properties):
        """Moto's own gives an address whose GetAtt PublicIp fails."""
        instance = place.ec2.get_instance(properties["InstanceId"]) if "InstanceId" in properties else None
        address = place.ec2.allocate_address("vpc")
        if instance is not None:
            place.ec2.associate_address(instance, allocation_id=address.allocation_id)
        return address

    def delete(self, place, resource, properties):
        if resource.eni is not None and "InstanceId" not in properties:
            raise EC2ClientError("InvalidIPAddress.InUse", f"Address {resource.public_ip} is in use.")
        if resource in place.ec2.addresses:
            place.ec2.release_address(allocation_id=resource.allocation_id)

    def tag(self, place, resource, properties):
        place.ec2.create_tags([resource.allocation_id], place.tags(properties.get("Tags", ())))


class _Endpoint(Kind):
    replaces = ("VpcId", "ServiceName", "VpcEndpointType")

    def create(self, place, properties):
        """A gateway unless it says otherwise."""
        return super().create(place, {"VpcEndpointType": "Gateway", **properties})

    def delete(self, place, resource, properties):
        place.ec2.delete_vpc_endpoints([resource.id])
        place.ec2.vpc_end_points.pop(resource.id, None)


class _SecurityGroup(Kind):
    replaces = ("GroupDescription", "GroupName", "VpcId")

    def create(self, place, properties):
        group = place.ec2.create_security_group(
            name=properties.get("GroupName") or place.physical_name(), description=properties.get("GroupDescription"), vpc_id=properties.get("VpcId")
        )
        self.update(place, group, {}, properties)
        return group

    def update(self, place, resource, old, new):
        """Rules change in place; moto replaces the group. A rule of AWS names one source: a block, a group, a list."""
        for direction in ("ingress", "egress"):
            key = f"SecurityGroup{direction.capitalize()}"
            for rule in old.get(key, ()):
                getattr(place.ec2, f"revoke_security_group_{direction}")(*_rule(resource, rule))
            for rule in new.get(key, ()):
                if direction == "egress" and not old.get(key) and rule is new[key][0]:
                    resource.egress_rules.clear()  # a list of one's own replaces the one that lets all out
                getattr(place.ec2, f"authorize_security_group_{direction}")(*_rule(resource, rule))
        return resource

    def delete(self, place, resource, properties):
        for instance in _running(place.ec2):
            if any(group.id == resource.id for group in instance.security_groups):
                raise EC2ClientError("DependencyViolation", f"resource {resource.id} has a dependent object")
        place.ec2.delete_security_group(group_id=resource.id)


def _rule(group, rule):
    blocks = [{"CidrIp": rule["CidrIp"]}] if "CidrIp" in rule else []
    if "CidrIpv6" in rule:
        blocks.append({"CidrIpv6": rule["CidrIpv6"]})
    other = rule.get("SourceSecurityGroupId") or rule.get("DestinationSecurityGroupId")
    ports = (rule.get("FromPort"), rule.get("ToPort"))
    return group.id, str(rule["IpProtocol"]), *ports, blocks, [{"GroupId": other}] if other else []


class _Instance(Kind):
    replaces = ("ImageId", "SubnetId", "AvailabilityZone", "KeyName", "NetworkInterfaces", "PrivateIpAddress", "LaunchTemplate")

    def create(self, place, properties):
        """With what moto drops: groups of a VPC, an interface with a public address, the profile, the shutdown behaviour."""
        interfaces = properties.get("NetworkInterfaces") or [{}]
        first = interfaces[0]
        wanted = {
            "image_id": properties.get("ImageId"), "count": 1, "user_data": parse_user_data(properties.get("UserData")),
            "security_group_names": [], "security_group_ids": first.get("GroupSet") or properties.get("SecurityGroupIds", []),
            "instance_type": properties.get("InstanceType", "m1.small"), "is_instance_type_default": "InstanceType" not in properties,
            "subnet_id": first.get("SubnetId") or properties.get("SubnetId"), "key_name": properties.get("KeyName"),
            "private_ip": first.get("PrivateIpAddress") or properties.get("PrivateIpAddress"),
            "associate_public_ip": first.get("AssociatePublicIpAddress"), "nics": [], "region_name": place.region,
            "block_device_mappings": _devices(properties.get("BlockDeviceMappings", [])),
            "instance_initiated_shutdown_behavior": properties.get("InstanceInitiatedShutdownBehavior"),
            "metadata_options": properties.get("MetadataOptions", {}), "tags": {"instance": place.tags(properties.get("Tags", ()))},
        }  # fmt: skip
        if "LaunchTemplate" in properties:
            wanted["launch_template"] = properties["LaunchTemplate"]
        instance = place.ec2.run_instances(**wanted).instances[0]
        if properties.get("IamInstanceProfile"):
            self._attach(place, instance, properties["IamInstanceProfile"])
        return instance

    def _attach(self, place, instance, profile):
        """AWS runs nothing with a profile that it cannot attach; moto attaches it afterwards, to an instance that no
        stack knows of if that fails."""
        try:
            place.ec2.associate_iam_instance_profile(instance_id=instance.id, iam_instance_profile_name=profile)
        except Exception:
            place.ec2.terminate_instances([instance.id])
            raise

    def update(self, place, resource, old, new):
        """A new type or new user data stop and start the instance: the same one afterwards."""
        resource.instance_type = new.get("InstanceType", resource.instance_type)
        resource.user_data = parse_user_data(new.get("UserData"))
        return resource

    def delete(self, place, resource, properties):
        if resource.state != "terminated":
            place.ec2.terminate_instances([resource.id])


def _devices(mappings):
    return [{"DeviceName": m["DeviceName"], "Ebs": m.get("Ebs", {})} for m in mappings if "Ebs" in m]


class _EIPAssociation(Kind):
    replaces = ("AllocationId", "InstanceId", "NetworkInterfaceId")

    def create(self, place, properties):
        instance = place.ec2.get_instance(properties["InstanceId"]) if "InstanceId" in properties else None
        eni = place.ec2.get_network_interface(properties["NetworkInterfaceId"]) if "NetworkInterfaceId" in properties else None
        address = place.ec2.associate_address(instance, eni, allocation_id=properties["AllocationId"])
        return Thing(address.association_id)

    def delete(self, place, resource, properties):
        for address in place.ec2.addresses:
            if address.association_id == resource.physical_resource_id:
                place.ec2.disassociate_address(association_id=address.association_id)


class _LaunchTemplate(Kind):
    replaces = ("LaunchTemplateName",)

    def update(self, place, resource, old, new):
        """A new version, of the same template."""
        data = dict(new["LaunchTemplateData"])
        data["UserData"] = parse_user_data(data.get("UserData"))
        resource.create_version(data, new.get("VersionDescription"))
        return resource

    def create(self, place, properties):
        data = dict(properties["LaunchTemplateData"])  # moto writes into what it is given
        return super().create(place, dict(properties, LaunchTemplateData=data))

    def delete(self, place, resource, properties):
        place.ec2.delete_launch_template(resource.name, None)


for _kind, _handler in {
    "EIP": _Address, "EIPAssociation": _EIPAssociation, "Instance": _Instance, "InternetGateway": _Gateway, "LaunchTemplate": _LaunchTemplate,
    "NatGateway": _Nat, "Route": _Route, "RouteTable": _RouteTable, "SecurityGroup": _SecurityGroup, "Subnet": _Subnet,
    "SubnetRouteTableAssociation": _Association, "VPC": _VPC, "VPCEndpoint": _Endpoint, "VPCGatewayAttachment": _Attachment,
}.items():  # fmt: skip
    register("AWS::EC2::" + _kind, _handler())

ElasticAddress.get_cfn_attribute = lambda self, name: {"AllocationId": self.allocation_id, "PublicIp": self.public_ip}[name]
ElasticAddress.physical_resource_id = property(lambda self: self.public_ip)  # !Ref of an EIP is its address
