"""Roles, keys and buckets, with the properties that moto's CloudFormation drops."""

import functools
import json

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend, iam_backends
from moto.kms.models import kms_backends
from moto.kms.responses import KmsResponse
from moto.s3.models import s3_backends
from moto.utilities.utils import get_partition

from .kinds import Kind, register


class _Role(Kind):
    replaces = ("RoleName", "Path")

    def create(self, place, properties):
        role = super().create(place, dict(properties, Policies=[], Tags=_listed(place, properties)))
        self._put(role, properties)
        self._attach(place, role, {}, properties)
        return role

    def _put(self, role, properties):
        """As JSON; moto's CloudFormation keeps Python's own form, which nobody can read."""
        for policy in properties.get("Policies", ()):
            role.put_policy(policy["PolicyName"], json.dumps(policy["PolicyDocument"]))

    def update(self, place, resource, old, new):
        """Policies and trust change in place; moto changes only the description."""
        resource.assume_role_policy_document = json.dumps(new["AssumeRolePolicyDocument"])
        resource.description = new.get("Description", "")
        for policy in old.get("Policies", ()):  # what AWS::IAM::Policy put there is not the role's
            resource.policies.pop(policy["PolicyName"], None)
        self._put(resource, new)
        self._attach(place, resource, old, new)
        return resource

    def delete(self, place, resource, properties):
        for arn in list(resource.managed_policies):
            iam_backends[place.account][get_partition(place.region)].detach_role_policy(arn, resource.name)
        super().delete(place, resource, properties)

    def _attach(self, place, role, old, new):
        backend = iam_backends[place.account][get_partition(place.region)]
        before, after = set(old.get("ManagedPolicyArns", ())), set(new.get("ManagedPolicyArns", ()))
        for arn in before - after:
            backend.detach_role_policy(arn, role.name)
        for arn in after - before:
            backend.attach_role_policy(arn, role.name)


def _listed(place, properties):
    return [{"Key": k, "Value": v} for k, v in place.tags(properties.get("Tags", ())).items()]


class _Key(Kind):
    replaces = ("KeySpec", "KeyUsage", "MultiRegion")

    def create(self, place, properties):
        """Moto makes a symmetric key of whatever it is asked for."""
        policy = properties.get("KeyPolicy")
        return kms_backends[place.account][place.region].create_key(
            policy=json.dumps(policy) if isinstance(policy, dict) else policy,
            key_usage=properties.get("KeyUsage", "ENCRYPT_DECRYPT"), key_spec=properties.get("KeySpec", "SYMMETRIC_DEFAULT"),
            description=properties.get("Description"), tags=[{"TagKey": t["Key"], "TagValue": t["Value"]} for t in _listed(place, properties)],
        )  # fmt: skip

    def update(self, place, resource, old, new):
        if "KeyPolicy" in new:
            resource.policy = json.dumps(new["KeyPolicy"])
        resource.description = new.get("Description", "")
        return resource

    def delete(self, place, resource, properties):
        kms_backends[place.account][place.region].schedule_key_deletion(resource.id, int(properties.get("PendingWindowInDays", 30)))


class _Bucket(Kind):
    replaces = ("BucketName",)

    def create(self, place, properties):
        bucket = super().create(place, dict(properties, Tags=_listed(place, properties)))
        self.update(place, bucket, {}, properties)
        return bucket

    def update(self, place, resource, old, new):
        backend = s3_backends[place.account][get_partition(place.region)]
        access = new.get("PublicAccessBlockConfiguration")
        if access is not None:
            backend.put_public_access_block(resource.name, {k: str(v).lower() for k, v in access.items()})
        if "VersioningConfiguration" in new:
            backend.put_bucket_versioning(resource.name, new["VersioningConfiguration"]["Status"])
        return resource

    def delete(self, place, resource, properties):
        """AWS does not delete a bucket that has anything in it; moto says that it did."""
        backend = s3_backends[place.account][get_partition(place.region)]
        if resource.name in backend.buckets and backend.delete_bucket(resource.name) is None:
            raise RuntimeError(f"The bucket you tried to delete is not empty (Service: S3, Status Code: 409): {resource.name}")


@functools.cache
def _managed():
    return json.loads(aws_managed_policies_data)


_attach = IAMBackend.attach_role_policy


def _attach_aws_managed(self, policy_arn, role_name):
    """AWS's own policies are always there. Moto leaves them out, or loads all of them for each account: here is the one."""
    name = policy_arn.rsplit("/", 1)[-1]
    if policy_arn not in self.managed_policies and name in _managed():
        policy = AWSManagedPolicy.from_data(name, self.account_id, self.region_name, _managed()[name])
        self.managed_policies[policy.arn] = policy
    _attach(self, policy_arn, role_name)


IAMBackend.attach_role_policy = _attach_aws_managed


def _get_public_key(self):
    """With KeySpec, and the key by its ARN: moto gives the deprecated name alone, and the bare id."""
    answer = json.loads(_public_key(self))
    key = self.kms_backend.describe_key(self._get_param("KeyId"))
    return json.dumps({**answer, "KeySpec": key.key_spec, "KeyId": key.arn})


_public_key, KmsResponse.get_public_key = KmsResponse.get_public_key, _get_public_key

class _ManagedPolicy(Kind):
    replaces = ("ManagedPolicyName", "Description", "Path")

    def update(self, place, resource, old, new):
        backend = iam_backends[place.account][get_partition(place.region)]
        backend.create_policy_version(resource.arn, json.dumps(new["PolicyDocument"]), "true")
        return resource

    def delete(self, place, resource, properties):
        """From whatever it is attached to; moto's CloudFormation leaves it."""
        backend = iam_backends[place.account][get_partition(place.region)]
        for role in list(backend.roles.values()):
            if resource.arn in role.managed_policies:
                backend.detach_role_policy(resource.arn, role.name)
        backend.delete_policy(resource.arn)


register("AWS::IAM::ManagedPolicy", _ManagedPolicy())
register("AWS::IAM::Role", _Role())
register("AWS::KMS::Key", _Key())
register("AWS::S3::Bucket", _Bucket())
