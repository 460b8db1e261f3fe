"""Resources that shall fail: what a test asks for, once or more often."""

_wanted = []


class Failure(Exception):
    """The reason stands where AWS gives one."""


def add(resource, reason="Resource handler returned message: told to fail by the sandbox", stack="", operation="create", times=1):
    if operation not in ("create", "update", "delete"):
        raise ValueError("operation must be create, update or delete")
    _wanted.append({"stack": stack, "resource": resource, "operation": operation, "reason": reason, "times": times})


def listed():
    return list(_wanted)


def reset():
    _wanted.clear()


def check(operation, stack, logical, kind):
    """Raises Failure when somebody asked for it. The resource is named by logical id or by type; times -1 is for ever."""
    for wanted in _wanted:
        if wanted["operation"] == operation and wanted["stack"] in ("", stack) and wanted["resource"] in (logical, kind):
            wanted["times"] -= 1
            if wanted["times"] == 0:
                _wanted.remove(wanted)
            raise Failure(wanted["reason"])
