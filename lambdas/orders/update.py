"""Updates an order: merges what was sent, and moves the order to the named step. All of it or nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.orders.decisions.late_contact import with_late_contact
from lambdas.orders.decisions.lead.fixed_fields import changed_fields
from lambdas.orders.decisions.lead.parties import refuse_left_behind, refuse_strangers, refuse_untaken
from lambdas.orders.decisions.operator import moves
from lambdas.orders.errors import NotAfterSubmitError, OrderChangedError, OrderIsFinalError, RevisionDiffersError
from lambdas.orders.model.order import Order
from lambdas.orders.payment_ports import Payments
from lambdas.orders.ports import UNBOUND, Clients, Permit
from lambdas.orders.submit_errors import SubmitInProgressError


@dataclass(frozen=True)
class UpdateRequest:
    """How to change an order. `step_id` wins over `step_name`. `expected_revision`: only if the order still has it.

    `same_client_as`: only if the order still has the client of this one. `reason`: why the order is moved. `permit` is asked
    whether the caller may do this.
    """

    changes: Mapping[str, Any]
    by: str = ""
    step_id: int | None = None
    step_name: str | None = None
    expected_revision: int | None = None
    same_client_as: Order | None = None
    reason: str = ""
    permit: Permit = UNBOUND

    @property
    def moves(self) -> bool:
        return self.step_id is not None or self.step_name is not None


@dataclass(frozen=True)
class Update:
    """One update of one order. `preview` gives the order as the changes make it."""

    request: UpdateRequest
    preview: Callable[[Order, Mapping[str, Any]], Order]
    clients: Clients
    payments: Payments
    now: Callable[[], int]

    def updated(self, current: Order) -> Order:
        """The order with the request carried out. Raises OrderError."""
        request = self.request
        if not current.is_at(request.expected_revision):
            raise RevisionDiffersError(current.order_id, current.revision)
        if request.same_client_as and current.client_id != request.same_client_as.client_id:
            raise OrderChangedError(current.order_id)
        request.permit.change(current, request.changes)
        updated = self._merged(current) if request.changes else current
        if not request.moves:
            return updated
        step = moves.step_of(current, step_id=request.step_id, step_name=request.step_name)
        request.permit.pass_over(current, moves.passed_over(current, step))
        return moves.moved(updated, step, by=request.by, why=request.reason, now=self.now())

    def _merged(self, current: Order) -> Order:
        if current.is_final:
            raise OrderIsFinalError(current.order_id, current.step.name, "updated", instead=_correction_of(current))
        if current.is_being_submitted(self.now()):
            raise SubmitInProgressError(current.order_id)
        updated = self.preview(current, self.request.changes)
        refuse_left_behind(current, updated, self.request.changes)
        refuse_strangers(current, updated, self.clients, self.payments)
        refuse_untaken(current, updated, self.payments)
        if not current.is_lead and (fixed := changed_fields(current, updated)):
            raise NotAfterSubmitError(current.order_id, fixed)
        return with_late_contact(current, updated, self.now())


def _correction_of(order: Order) -> str:
    client = f", and client {order.client_id} by client.update" if order.client_id else ""
    return f"its contact data is corrected by order.contact_update{client}"
