"""Resource types that moto's CloudFormation skips without a word. Where moto has the service, the thing is made there;
the others are only there by name, with a physical id and attributes, until their stack goes."""

import json
from types import SimpleNamespace

from moto.budgets.models import budgets_backends
from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel
from moto.moto_api._internal import mock_random
from moto.s3.models import FakeBucket, s3_backends
from moto.scheduler.models import scheduler_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.utilities.utils import get_partition

from .kinds import Kind, register


class Thing:
    """A resource that is no more than its id and attributes."""

    def __init__(self, physical_resource_id, **attributes):
        self.physical_resource_id, self.attributes = physical_resource_id, attributes

    def get_cfn_attribute(self, name):
        if name not in self.attributes:
            raise NotImplementedError(name)
        return self.attributes[name]

    def is_created(self):
        return True


_added = {}


def _add(kind, handler):
    _added[kind] = type(kind, (CloudFormationModel,), {"cloudformation_type": staticmethod(lambda: kind)})
    register(kind, handler)


class _Named(Kind):
    """By name alone. The name is a property, or made up as AWS does; the ARN is made of service and pattern."""

    def __init__(self, name_property="", arn="", attributes=()):
        self.name_property, self.arn, self.attributes = name_property, arn, attributes

    def create(self, place, properties):
        name = properties.get(self.name_property) or place.physical_name()
        arn = self.arn.format(partition="aws", region=place.region, account=place.account, name=name)
        return Thing(name, **{attribute: arn if attribute.endswith("Arn") else name for attribute in self.attributes})

    def delete(self, place, resource, properties):
        pass


class _ScheduleGroup(Kind):
    replaces = ("Name",)

    def create(self, place, properties):
        backend = scheduler_backends[place.account][place.region]
        tags = [{"Key": k, "Value": v} for k, v in place.tags(properties.get("Tags", ())).items()]
        group = backend.create_schedule_group(properties.get("Name") or place.physical_name(), tags)
        return Thing(group.name, Arn=group.arn, State="ACTIVE")

    def delete(self, place, resource, properties):
        scheduler_backends[place.account][place.region].schedule_groups.pop(resource.physical_resource_id, None)


class _Schedule(Kind):
    replaces = ("Name", "GroupName")

    def create(self, place, properties):
        backend = scheduler_backends[place.account][place.region]
        schedule = backend.create_schedule(
            description=properties.get("Description"), end_date=properties.get("EndDate"), flexible_time_window=properties["FlexibleTimeWindow"],
            group_name=properties.get("GroupName"), kms_key_arn=properties.get("KmsKeyArn"), name=properties.get("Name") or place.physical_name(),
            schedule_expression=properties["ScheduleExpression"], schedule_expression_timezone=properties.get("ScheduleExpressionTimezone"),
            start_date=properties.get("StartDate"), state=properties.get("State"), target=properties["Target"], action_after_completion=None,
        )  # fmt: skip
        return Thing(schedule.name, Arn=schedule.arn)

    def delete(self, place, resource, properties):
        scheduler_backends[place.account][place.region].delete_schedule(properties.get("GroupName"), resource.physical_resource_id)


class _Budget(Kind):
    def create(self, place, properties):
        budget = dict(properties["Budget"])
        name = budget.setdefault("BudgetName", place.physical_name())
        if "BudgetLimit" in budget:
            budget["BudgetLimit"] = {"Amount": str(budget["BudgetLimit"]["Amount"]), "Unit": budget["BudgetLimit"]["Unit"]}
        self._backend(place).create_budget(place.account, budget, properties.get("NotificationsWithSubscribers", []))
        return Thing(name)

    def update(self, place, resource, old, new):
        self.delete(place, resource, old)
        named = dict(new["Budget"], BudgetName=resource.physical_resource_id)
        return self.create(place, dict(new, Budget=named))

    def delete(self, place, resource, properties):
        self._backend(place).budgets[place.account].pop(resource.physical_resource_id, None)

    def _backend(self, place):
        return budgets_backends[place.account][get_partition(place.region)]


class _Secret(Kind):
    replaces = ("Name",)

    def create(self, place, properties):
        text = properties.get("SecretString")
        if text is None and "GenerateSecretString" in properties:
            text = _generated(properties["GenerateSecretString"])
        name = properties.get("Name") or place.physical_name()
        tags = [{"Key": k, "Value": v} for k, v in place.tags(properties.get("Tags", ())).items()]
        answer = json.loads(self._backend(place).create_secret(name, text, None, properties.get("Description"), tags, None, None, [], False))
        return Thing(answer["ARN"], Id=answer["ARN"])

    def delete(self, place, resource, properties):
        self._backend(place).delete_secret(resource.physical_resource_id, recovery_window_in_days=None, force_delete_without_recovery=True)

    def _backend(self, place):
        return secretsmanager_backends[place.account][place.region]


def _generated(wanted):
    password = mock_random.get_random_hex(int(wanted.get("PasswordLength", 32)))
    if "GenerateStringKey" not in wanted:
        return password
    return json.dumps({**json.loads(wanted.get("SecretStringTemplate", "{}")), wanted["GenerateStringKey"]: password})


class _BucketPolicy(Kind):
    replaces = ("Bucket",)

    def create(self, place, properties):
        self.update(place, None, {}, properties)
        return Thing(properties["Bucket"])

    def update(self, place, resource, old, new):
        document = new["PolicyDocument"]
        document = document if isinstance(document, str) else json.dumps(document)
        s3_backends[place.account][get_partition(place.region)].put_bucket_policy(new["Bucket"], document.encode())
        return resource

    def delete(self, place, resource, properties):
        backend = s3_backends[place.account][get_partition(place.region)]
        if properties["Bucket"] in backend.buckets:
            backend.delete_bucket_policy(properties["Bucket"])


def _asks_for_tls(statement):
    return statement.get("Effect") == "Deny" and statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport") == "false"


_get_permission = FakeBucket.get_permission


def _over_tls(bucket, action, resource):
    """AWS is spoken to over TLS, and so meets a policy that denies everything else. The emulator is spoken to without, and
    moto takes a condition that it cannot look up for a refusal: every call would be one. What it evaluates leaves such a
    statement out; the policy itself stays as it was written."""
    policy = bucket.policy
    if policy is not None:
        document = json.loads(policy)
        statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
        policy = json.dumps(dict(document, Statement=[s for s in statements if not _asks_for_tls(s)])).encode()
    return _get_permission(SimpleNamespace(policy=policy), action, resource)


FakeBucket.get_permission = _over_tls

_add("AWS::Scheduler::ScheduleGroup", _ScheduleGroup())
_add("AWS::Scheduler::Schedule", _Schedule())
_add("AWS::Budgets::Budget", _Budget())
_add("AWS::SecretsManager::Secret", _Secret())
_add("AWS::S3::BucketPolicy", _BucketPolicy())
_add("AWS::EC2::EIPAssociation", Kind())  # network.py has its handler
_ARN = "arn:{partition}:%s:{region}:{account}:%s"
for _kind, _handler in {
    "AWS::ApiGatewayV2::Api": _Named("", "", ("ApiId", "ApiEndpoint")),
    "AWS::ApiGatewayV2::ApiMapping": _Named(),
    "AWS::ApiGatewayV2::Authorizer": _Named("", "", ("AuthorizerId",)),
    "AWS::ApiGatewayV2::DomainName": _Named("DomainName", "", ("RegionalDomainName", "RegionalHostedZoneId")),
    "AWS::ApiGatewayV2::Integration": _Named(),
    "AWS::ApiGatewayV2::Route": _Named(),
    "AWS::ApiGatewayV2::Stage": _Named("StageName"),
    "AWS::AutoScaling::LifecycleHook": _Named("LifecycleHookName"),
    "AWS::AutoScaling::ScalingPolicy": _Named("PolicyName", _ARN % ("autoscaling", "scalingPolicy:{name}"), ("Arn",)),
    "AWS::CertificateManager::Certificate": _Named(),
    "AWS::CloudWatch::Alarm": _Named("AlarmName", _ARN % ("cloudwatch", "alarm:{name}"), ("Arn",)),
    "AWS::EC2::SecurityGroupEgress": _Named(),
    "AWS::Lambda::Url": _Named("", "", ("FunctionUrl", "FunctionArn")),
    "AWS::SNS::TopicPolicy": _Named(),
}.items():
    _add(_kind, _handler)

for _model in _added.values():
    _model.cloudformation_name_type = staticmethod(lambda: "")
    _model.has_cfn_attr = classmethod(lambda cls, attr: True)
parsing.get_model_list.cache_clear()
parsing.get_model_map.cache_clear()
parsing.get_name_type_map.cache_clear()
