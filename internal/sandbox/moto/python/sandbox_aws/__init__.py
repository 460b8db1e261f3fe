"""Makes moto_server 5.2.1 behave as AWS where SlideRule leans on it. Each module holds one subject; each patch stands
beside a sentence on what AWS does. Loading this package applies them."""

from . import (  # noqa: F401
    clock,
    resolve,
    extra,
    network,
    dns,
    ecr,
    identity,
    groups,
    mixed,
    actions,
    stacks,
    requests,
    scheduler,
    instances,
    budgets,
    costs,
    serve,
    machines,
)
