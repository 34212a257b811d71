"""The verbs of orders as a bulk run calls them: for real on the order as it was looked at, or as a trial that writes nothing.

A trial runs the very code of the verb, so that a preview refuses what the run would refuse.
"""

from dataclasses import dataclass, replace
from typing import Any, cast

from lambdas.bulk.instruction import BulkVerb, Instruction
from lambdas.orders.decisions.open_work import open_work
from lambdas.orders.errors import OrderChangedError
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.payment_ports import Payments
from lambdas.orders.ports import AssumedRunning, OrderStore, Permit, Pricing
from lambdas.orders.service import OrderService


class MovedOnError(Exception):
    """Somebody else wrote the order after it was looked at. Nothing was done."""


@dataclass(frozen=True)
class Signature:
    """`by`: the person and the run, as the order's history names them. `reason`: the reason of the whole run."""

    by: str
    reason: str


def act(
    service: OrderService,
    order: Order,
    action_id: int,
    *,
    instruction: Instruction,
    signature: Signature,
    permit: Permit,
) -> Order:
    """Carry out one act, by the verb that a single call uses. Raises OrderError or MovedOnError."""
    by, reason = signature.by, signature.reason
    match instruction.verb:
        case BulkVerb.SKIP:
            return service.skip(order, action_id, by=by, why=reason, permit=permit)
        case BulkVerb.CANCEL:
            return service.cancel(order, reason, by=by)
        case BulkVerb.RESTART:
            return service.restart(order, by=by, why=reason)
        case BulkVerb.ASSIGN:
            return _assign_all(service, order, instruction.user, signature)
        case BulkVerb.MOVE:
            step_id, step_name = instruction.step_id, instruction.step_name
            return service.update(order, {}, by=by, step_id=step_id, step_name=step_name, reason=reason, permit=permit)
    return service.process(order, action_id, by=by, given=instruction.input, why=reason)


def _assign_all(service: OrderService, order: Order, user: str, signature: Signature) -> Order:
    """Give all open work of the order to the user. An order with none is refused as by a single call."""
    for key in [work.key for work in open_work(order)] or [""]:
        order = service.assign(order, key, user, by=signature.by, because=signature.reason)
    return order


def as_trial(service: OrderService) -> OrderService:
    """The same verbs, which decide and write nothing. They ask neither Step Functions nor a gateway."""
    return replace(
        service,
        store=cast(OrderStore, _NothingWritten()),
        payments=cast(Payments, _NothingRecorded()),
        pricing=cast(Pricing, _NothingReturned()),
        executions=AssumedRunning(),
    )


def as_pinned(service: OrderService) -> OrderService:
    """The same verbs, which write only the order that they are given. They raise MovedOnError for any other."""
    return replace(service, store=cast(OrderStore, _Pinned(service.orders)))


class _NothingWritten:
    """The part of OrderStore that the verbs of runs use."""

    def save(self, order: Order) -> Order:
        return order.changed(revision=order.revision + 1)


@dataclass(frozen=True)
class _Pinned:
    """As above, over the real store. A verb never reads the order again, and so decides nothing that nobody looked at."""

    store: OrderStore

    def save(self, order: Order) -> Order:
        try:
            return self.store.save(order)
        except OrderChangedError:
            raise MovedOnError(order.order_id) from None


class _NothingRecorded:
    """The part of Payments that a skip uses."""

    def record_left_money(self, order: Order, action: ChecklistAction, now: int) -> bool:
        return False


class _NothingReturned:
    """The part of Pricing that a cancel uses."""

    def give_back(self, order_id: str, **_: Any) -> None: ...
