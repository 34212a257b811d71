"""The single acts of an instruction on one order, and whether one was done before. Pure."""

from lambdas.bulk.instruction import BulkVerb, Instruction
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import WaitKey, WaitKind

WHOLE_ORDER = 0  # in place of an action's id: the act is on the order itself
_ON_ACTIONS = frozenset({BulkVerb.PROCESS, BulkVerb.RETRY, BulkVerb.SKIP})
_SINCE = frozenset({WaitKind.UNDO, WaitKind.OUTSTANDING})  # waits for what was done, or skipped, before


def acts_of(order: Order, instruction: Instruction) -> tuple[int, ...]:
    """Ids of the actions that it acts on, from the top of the checklist; WHOLE_ORDER for verbs on an order."""
    if instruction.verb not in _ON_ACTIONS:
        return (WHOLE_ORDER,)
    if instruction.order_action_id is not None and instruction.verb is not BulkVerb.RETRY:
        return (instruction.order_action_id,)  # its refusal, if any, names the reason
    return tuple(action.action_id for action in order.actions.values() if _is_meant(order, action, instruction))


def _is_meant(order: Order, action: ChecklistAction, instruction: Instruction) -> bool:
    if instruction.module not in (None, action.module):
        return False
    if instruction.order_action_id not in (None, action.action_id):
        return False
    if _waits_since(order, action):
        return instruction.verb is not BulkVerb.SKIP
    if order.is_final or action.step_id != order.step_id or action.met:
        return False
    return instruction.verb is not BulkVerb.RETRY or is_stuck(order, action)


def is_stuck(order: Order, action: ChecklistAction) -> bool:
    """Whether a machine ran the action and it did not end well: it failed, or it runs automatically and waits."""
    if action.state is ActionState.FAILED or action.failed_last or _waits_since(order, action):
        return True
    return action.automatic and str(action.action_id) in order.waits


def _waits_since(order: Order, action: ChecklistAction) -> bool:
    keys = (WaitKey.undo(action.action_id), WaitKey.outstanding(action.action_id))
    return any(key.kind in _SINCE and key in order.waits for key in keys)


def is_signed(order: Order, verb: BulkVerb, action_id: int, by: str) -> bool:
    """Whether the order carries the act of this run, whose name nobody else writes."""
    match verb:
        case BulkVerb.CANCEL:
            return order.canceled_by == by
        case BulkVerb.RESTART:
            return order.restarted_by == by
        case BulkVerb.ASSIGN:
            return any(assignment.by == by for assignment in order.assigned.values())
        case BulkVerb.MOVE:
            return order.changed_by == by
    if order.step_status is StepStatus.CANCELED:  # another try of an undo, which its action does not keep
        return order.changed_by == by and WaitKey.undo(action_id) not in order.waits
    action = order.actions.get(str(action_id))
    return action is not None and action.by == by
