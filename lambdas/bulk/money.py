"""The effect of an act on an order's money, as far as the order shows it. Pure; no gateway is asked."""

from enum import StrEnum

from lambdas.bulk.acts import WHOLE_ORDER
from lambdas.bulk.instruction import BulkVerb
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.money import MoneyError, parse_cents
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import WaitKey
from lambdas.runtime.models import Frozen

_RETURNING_MODULE = "reverse_payment"


class MoneyKind(StrEnum):
    """From the least to the most that a person must know. Each value stands in answers."""

    NONE = "none"
    """No money is held or moved."""
    LATER = "later"
    """The order goes on. What is held for it is captured later, once, as without the run."""
    CAPTURES = "captures"
    """The money held is captured, for the first time."""
    RELEASES = "releases"
    """The money held is released. Nothing was captured."""
    RETURNS = "returns"
    """The captured money is returned."""
    LOOKED_UP = "looked_up"
    """An earlier try may have moved money: its provider is asked first, and nothing is done twice."""


_ORDER = list(MoneyKind)


class MoneyEffect(Frozen):
    """`cents`: the sum that it is about, in `currency`."""

    kind: MoneyKind = MoneyKind.NONE
    cents: int = 0
    currency: str = ""


def money_of(order: Order, verb: BulkVerb, acts: tuple[int, ...]) -> MoneyEffect:
    """The effect of these acts on the order's money."""
    kind = max((_kind(order, verb, action_id) for action_id in acts), key=_ORDER.index, default=MoneyKind.NONE)
    cents = 0 if kind is MoneyKind.NONE else _captured_cents(order) or (order.hold.amount_cents if order.hold else 0)
    return MoneyEffect(kind=kind, cents=cents, currency=order.currency if cents else "")


def _kind(order: Order, verb: BulkVerb, action_id: int) -> MoneyKind:
    if verb is BulkVerb.ASSIGN:
        return MoneyKind.NONE
    if verb is BulkVerb.CANCEL:
        return _of_cancel(order)
    action = order.actions.get(str(action_id)) if action_id != WHOLE_ORDER else None
    if action is not None and (of_action := _of_action(order, verb, action)) is not None:
        return of_action
    if order.step_status is StepStatus.CANCELED:  # what is left to undo is found by asking the provider
        return MoneyKind.LOOKED_UP if order.hold or order.attempt else MoneyKind.NONE
    return MoneyKind.LATER if _is_held(order) and _captured_by(order) else MoneyKind.NONE


def _of_action(order: Order, verb: BulkVerb, action: ChecklistAction) -> MoneyKind | None:
    """None: the action does nothing with money."""
    if action.module == _RETURNING_MODULE:
        if verb is BulkVerb.SKIP:
            return MoneyKind.LOOKED_UP if action.attempts else None
        return MoneyKind.LOOKED_UP if action.attempts else MoneyKind.RETURNS
    if not action.captures or order.hold is None:
        return None
    waits_since = {WaitKey.undo(action.action_id), WaitKey.outstanding(action.action_id)} & order.waits.keys()
    if action.attempts or waits_since or order.hold.captured:
        return MoneyKind.LOOKED_UP
    return MoneyKind.RELEASES if verb is BulkVerb.SKIP else MoneyKind.CAPTURES


def _of_cancel(order: Order) -> MoneyKind:
    capturing = [action for action in order.actions.values() if action.captures]
    if order.hold is None:
        return MoneyKind.LOOKED_UP if order.attempt else MoneyKind.NONE
    if order.hold.captured or any(action.state is ActionState.DONE for action in capturing):
        return MoneyKind.RETURNS
    if any(action.attempts for action in capturing) or any(action.state is ActionState.SKIPPED for action in capturing):
        return MoneyKind.LOOKED_UP
    return MoneyKind.RELEASES


def _is_held(order: Order) -> bool:
    return order.hold is not None and not order.hold.captured


def _captured_by(order: Order) -> bool:
    """Whether an action still captures what is held."""
    return any(action.captures and not action.met for action in order.actions.values())


def _captured_cents(order: Order) -> int:
    """The total of the invoice that was paid, which may be less than was held."""
    for action in order.actions.values():
        if action.captures and action.state is ActionState.DONE and action.result.get("total"):
            try:
                return parse_cents(action.result["total"], order.currency)
            except MoneyError:
                return 0
    return 0
