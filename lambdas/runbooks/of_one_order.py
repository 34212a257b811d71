"""Runbooks on one order: the verbs of the API, signed by who started them. Each may be repeated, and acts once."""

from lambdas.access.console_user import console_user
from lambdas.bulk.acts import WHOLE_ORDER, acts_of, is_signed
from lambdas.bulk.instruction import BulkVerb, Instruction
from lambdas.bulk.permit import UsersPermit
from lambdas.orders.errors import RevisionDiffersError
from lambdas.orders.model.order import Order
from lambdas.orders.service import OrderService
from lambdas.runbooks.errors import NothingToDoError
from lambdas.runbooks.parts import RunbookParts
from lambdas.runbooks.runbook import Verb
from lambdas.runbooks.starter import Started

_VERBS = {
    Verb.RETRY: BulkVerb.RETRY,
    Verb.SKIP: BulkVerb.SKIP,
    Verb.CANCEL: BulkVerb.CANCEL,
    Verb.RESTART: BulkVerb.RESTART,
}
_DONE = {
    BulkVerb.RETRY: "it is run again",
    BulkVerb.SKIP: "it is skipped",
    BulkVerb.CANCEL: "it is canceled, and what was done is taken back",
    BulkVerb.RESTART: "a new execution starts where it stands",
}
_NOTHING = {
    BulkVerb.RETRY: "nothing of it failed or waits to be tried again, or a run was asked for already",
    BulkVerb.SKIP: "the action is skipped already",
    BulkVerb.CANCEL: "it is canceled already",
    BulkVerb.RESTART: "it has an execution",
}


def act_on_order(parts: RunbookParts, started: Started) -> str:
    """Raises OrderError. Nothing is done on another revision than the given one."""
    values = started.values
    verb, action_id = _VERBS[started.runbook.verb], values.number("ActionId")
    order = parts.service.get(order_id=values.text("OrderId"))
    wanted = _wanted(order, verb, action_id)
    before = _signed(order, verb, action_id, started)
    left = tuple(each for each in wanted if each not in before)
    if before and not left:
        return _told(order, verb, before)
    revision = None if before else values.number("Revision")
    if not order.is_at(revision):
        raise RevisionDiffersError(order.order_id, order.revision)
    current = order
    for each in left:
        current = _act(parts.service, current, verb, each, started, is_guarded=revision is not None)
    if current.revision == order.revision and not before:
        raise NothingToDoError(order.order_id, _NOTHING[verb])
    return _told(current, verb, (*before, *left))


def _wanted(order: Order, verb: BulkVerb, action_id: int | None) -> tuple[int, ...]:
    """The actions to act on; WHOLE_ORDER: the order."""
    if action_id is not None:
        return (action_id,)
    return acts_of(order, Instruction(verb=verb))


def _signed(order: Order, verb: BulkVerb, action_id: int | None, started: Started) -> tuple[int, ...]:
    """The acts of this automation when its step was begun before."""
    if action_id is not None:
        acts: tuple[int, ...] = (action_id,)
    elif verb is BulkVerb.RETRY:
        acts = tuple(action.action_id for action in order.actions.values())
    else:
        acts = (WHOLE_ORDER,)
    return tuple(each for each in acts if is_signed(order, verb, each, started.signature))


def _act(
    service: OrderService, order: Order, verb: BulkVerb, action_id: int, started: Started, *, is_guarded: bool
) -> Order:
    """`is_guarded`: only on this very revision."""
    by, why, revision = started.signature, started.values.text("Reason"), order.revision if is_guarded else None
    match verb:
        case BulkVerb.SKIP:
            permit = UsersPermit(console_user(started.by))
            return service.skip(order, action_id, by=by, why=why, permit=permit, expected_revision=revision)
        case BulkVerb.CANCEL:
            return service.cancel(order, why, by=by, expected_revision=revision)
        case BulkVerb.RESTART:
            return service.restart(order, by=by, why=why, expected_revision=revision)
    return service.process(order, action_id, by=by, given={}, why=why, expected_revision=revision)


def _told(order: Order, verb: BulkVerb, acts: tuple[int, ...]) -> str:
    names = [f"{order.actions[str(each)].name} ({each})" for each in acts if each != WHOLE_ORDER]
    what = f"order {order.order_id}" + (f", {', '.join(names)}" if names else "")
    return f"{what}: {_DONE[verb]}"
