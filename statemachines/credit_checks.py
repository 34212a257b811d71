"""Checks that a queue gives nobody services without payment, unless its file says so.

Submit holds the money of cards and of PayPal. An order on account is paid later. Its services wait for the payment (Await
Payment), or the queue names the clients it trusts, or gives a reason.
"""

from collections.abc import Iterator

from lambdas.orders.decisions.await_payment import AWAITING_MODULE, INVOICING_MODULE
from lambdas.orders.model.queue import Action, MayBeInvoiced, Queue

_CURE = (
    f"put an action of {AWAITING_MODULE} before it (and {INVOICING_MODULE} before that), let services be pending until then, or "
    "say in active_unpaid why not"
)


def credit_problems(queue: Queue) -> Iterator[str]:
    """The problems that keep the queue from being deployed."""
    for action in queue.actions:
        if action.module == AWAITING_MODULE:
            yield from _idle_wait(queue, action)
    if queue.may_be_invoiced is MayBeInvoiced.EVERYBODY and not queue.active_unpaid.strip():
        for action in _active_before_paid(queue):
            yield f"{_title(action)} makes services active for everybody who orders on account, before they paid; {_CURE}"


def credit_warnings(queue: Queue) -> Iterator[str]:
    """Warnings: credit that is allowed, but that the queue's file does not mention."""
    stated = {"may_be_invoiced", "active_unpaid"} & queue.model_fields_set
    if stated or queue.may_be_invoiced is MayBeInvoiced.NOBODY:
        return
    for action in _active_before_paid(queue):
        yield (
            f"{_title(action)} makes services active before clients in good standing paid, who may order on account because "
            f'nothing else is stated; set may_be_invoiced = "existing_clients" if that is meant, or {_CURE}'
        )


def _idle_wait(queue: Queue, action: Action) -> Iterator[str]:
    if action.optional:
        yield f"{_title(action)} is optional, so nothing waits for the payment; make it required"
    if not action.automatic:
        yield f"{_title(action)} is done by hand, so it would wait for a person though the order is paid; make it automatic"
    if not any(before.module == INVOICING_MODULE for before in _surely_before(queue, action)):
        yield (
            f"{_title(action)} would find no invoice and wait for nothing; name an action of {INVOICING_MODULE} among its "
            "prereqs, or put that into an earlier step"
        )


def _active_before_paid(queue: Queue) -> Iterator[Action]:
    for action in queue.actions:
        if _activates(action) and not any(each.module == AWAITING_MODULE for each in _surely_before(queue, action)):
            yield action


def _activates(action: Action) -> bool:
    if action.module == "add_services":
        return str(action.config.get("default_service_status", "active")) == "active"
    return action.module == "activate_services"


def _surely_before(queue: Queue, action: Action) -> list[Action]:
    """The actions that are done or skipped whenever this one runs: all its prereqs, and the required ones of earlier steps."""
    by_id = {each.id: each for each in queue.actions}
    steps = [step.actions for step in queue.steps]
    here = next(number for number, actions in enumerate(steps) if action in actions)
    found = {each.id: each for actions in steps[:here] for each in actions if not each.optional}
    ahead = list(action.prereqs)
    while ahead:
        each = by_id.get(ahead.pop())
        if each and each.id not in found and each.id != action.id:
            found[each.id] = each
            ahead.extend(each.prereqs)
    return list(found.values())


def _title(action: Action) -> str:
    return f"action {action.id} {action.name}"
