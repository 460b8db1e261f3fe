"""AWS Budgets: updates, subscribers and tags, which moto does not have."""

import json

from moto.budgets.exceptions import DuplicateRecordException, NotFoundException
from moto.budgets.models import BudgetsBackend as Backend
from moto.budgets.responses import BudgetsResponse as Calls
from moto.core.utils import unix_time

_create = Calls.create_budget


def _budget(self):
    found = self.backend.budgets[self._get_param("AccountId")]
    name = self._get_param("BudgetName") or (self._get_param("NewBudget") or {}).get("BudgetName")
    if name not in found:
        raise NotFoundException(f"Unable to get budget: {name} - the budget doesn't exist.")
    return found[name]


def _tagged(self):
    return self.backend.__dict__.setdefault("sandbox_tags", {})


def create_budget(self):
    answer = _create(self)
    account, name = self._get_param("AccountId"), self._get_param("Budget")["BudgetName"]
    arn = f"arn:aws:budgets::{account}:budget/{name}"
    _tagged(self)[arn] = {tag["Key"]: tag["Value"] for tag in self._get_param("ResourceTags") or []}
    return answer


def update_budget(self):
    """Everything about the budget is replaced; its notifications stay."""
    budget, new = _budget(self), dict(self._get_param("NewBudget"))
    new.setdefault("TimePeriod", budget.budget["TimePeriod"])
    new["LastUpdatedTime"] = unix_time()
    budget.budget = new
    return json.dumps({})


def _notification(self):
    wanted = self._get_param("Notification")
    for notification in _budget(self).notifications:
        if _same(notification.details, wanted):
            return notification
    raise NotFoundException("the notification doesn't exist")


def _same(one, other):
    return _normal(one) == _normal(other)


def _normal(details):
    return {"ThresholdType": "PERCENTAGE", **details, "Threshold": float(details["Threshold"]), "NotificationState": None}


def create_notification(self):
    budget, wanted = _budget(self), self._get_param("Notification")
    if any(_same(n.details, wanted) for n in budget.notifications):
        raise DuplicateRecordException(record_type="notification", record_name=json.dumps(wanted))
    budget.add_notification(wanted, self._get_param("Subscribers"))
    return json.dumps({})


def delete_notification(self):
    found = _notification(self)
    _budget(self).notifications.remove(found)
    return json.dumps({})


def update_notification(self):
    wanted = {"Notification": self._get_param("OldNotification")}
    for notification in _budget(self).notifications:
        if _same(notification.details, wanted["Notification"]):
            notification.details = self._get_param("NewNotification")
            return json.dumps({})
    raise NotFoundException("the notification doesn't exist")


def describe_subscribers_for_notification(self):
    return json.dumps({"Subscribers": _notification(self).subscribers})


def create_subscriber(self):
    _notification(self).subscribers.append(self._get_param("Subscriber"))
    return json.dumps({})


def delete_subscriber(self):
    _notification(self).subscribers.remove(self._get_param("Subscriber"))
    return json.dumps({})


def list_tags_for_resource(self):
    tags = _tagged(self).get(self._get_param("ResourceARN"), {})
    return json.dumps({"ResourceTags": [{"Key": k, "Value": v} for k, v in tags.items()]})


def tag_resource(self):
    _tagged(self).setdefault(self._get_param("ResourceARN"), {}).update({t["Key"]: t["Value"] for t in self._get_param("ResourceTags")})
    return json.dumps({})


def untag_resource(self):
    for key in self._get_param("ResourceTagKeys"):
        _tagged(self).get(self._get_param("ResourceARN"), {}).pop(key, None)
    return json.dumps({})


for _call in (
    create_budget, update_budget, create_notification, delete_notification, update_notification, describe_subscribers_for_notification,
    create_subscriber, delete_subscriber, list_tags_for_resource, tag_resource, untag_resource,
):  # fmt: skip
    setattr(Calls, _call.__name__, _call)


def _notifications(self, account_id, budget_name):
    if budget_name not in self.budgets[account_id]:
        raise NotFoundException(f"Unable to get budget: {budget_name} - the budget doesn't exist.")
    return [{"ThresholdType": "PERCENTAGE", "NotificationState": "OK", **n.details} for n in self.budgets[account_id][budget_name].notifications]


Backend.describe_notifications_for_budget = _notifications
