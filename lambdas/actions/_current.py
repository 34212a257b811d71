"""Which action of an order's checklist a module is running or undoing: modules are given the order and their settings.

Two actions of a step may have the same module and the same settings. While both run, the later one steps back, and is tried
again once the other has settled.
"""

from pydantic import ValidationError

from lambdas.actions._module import Config, TransientError
from lambdas.orders.order import ActionState, ChecklistAction, Order


def running_action(order: Order, module: str, config: Config, now: int) -> ChecklistAction:
    """The action of this run, with what was said when it was processed."""
    running = [
        action
        for action in same_actions(order, module, config)
        if action.state is ActionState.RUNNING and (action.claim_ends_at or 0) >= now
    ]
    if len(running) != 1:
        raise TransientError("another action with the same settings is running; this one is tried again by itself")
    return running[0]


def same_actions(order: Order, module: str, config: Config) -> tuple[ChecklistAction, ...]:
    """The order's actions with this module and these settings; nearly always one."""
    return tuple(action for action in order.actions.values() if action.module == module and _has(action, config))


def _has(action: ChecklistAction, config: Config) -> bool:
    try:
        return type(config).model_validate(action.config) == config
    except ValidationError:
        return False
