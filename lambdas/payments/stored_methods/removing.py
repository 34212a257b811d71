"""Removes a stored payment method: here, and at the gateway that keeps it."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lambdas.orders.errors import Again, Nature, OrderError
from lambdas.orders.ports import OrderStore
from lambdas.payments.gateway import Gateway, GatewayMisusedError, GatewayUnavailableError, OutcomeUnknownError
from lambdas.payments.several.choice import GatewayChoice
from lambdas.payments.several.gateways import gateway_at
from lambdas.payments.stored_methods.needed import charges_that_need, orders_that_need
from lambdas.records.clients.client import Client
from lambdas.records.clients.method_removal import MethodRemovals
from lambdas.records.clients.payment_method import PaymentMethod
from lambdas.records.table import RecordTable

_NAMED = 5


class MethodNeededError(OrderError):
    """An order or a charge is not through with it. It stays as it was."""

    kind = "method_needed"
    nature = Nature.CONFLICT

    def __init__(self, billing_info_id: str, orders: Sequence[str], invoices: Sequence[str]) -> None:
        by = [_listed("order", orders), _listed("invoice", invoices)]
        super().__init__(
            f"payment method {billing_info_id} was not removed: {' and '.join(filter(None, by))} may still be paid by it; "
            "finish or cancel the order, or pay the invoice, and remove it then",
            order_ids=list(orders[:_NAMED]),
            invoice_ids=list(invoices[:_NAMED]),
        )


class MethodStillKeptError(OrderError):
    """It pays nothing any more here, and its gateway did not say that it forgot it."""

    kind = "method_still_kept"
    nature = Nature.UNAVAILABLE
    again = Again.LATER
    retry_after_seconds = 10

    def __init__(self, billing_info_id: str, why: str) -> None:
        super().__init__(
            f"payment method {billing_info_id} pays nothing any more, but its payment provider may still keep it: {why}; "
            "remove it again in a minute, which finishes it",
            billing_info_id=billing_info_id,
        )


@dataclass(frozen=True)
class MethodRemoval:
    """`now`: Unix seconds."""

    store: OrderStore
    records: RecordTable
    gateway: Gateway
    choice: GatewayChoice
    now: Callable[[], int]

    def remove(self, client: Client, billing_info_id: str, *, by: str) -> bool:
        """False if the client never had it. May be repeated. Raises MethodNeededError, MethodStillKeptError, MethodsBusyError."""
        removals = MethodRemovals(self.records, client.client_id)
        begun = removals.begin(billing_info_id, secrets.token_hex(8))
        if begun is None or begun.method is None:
            return begun is not None
        try:
            self._refuse_needed(client.client_id, billing_info_id, begun.method)
        except OrderError:
            removals.give_up(begun)
            raise
        self._forget(client, billing_info_id, begun.method)
        removals.finish(begun, begun.method, by=by, at=self.now())
        return True

    def _refuse_needed(self, client_id: str, billing_info_id: str, method: PaymentMethod) -> None:
        orders = [*orders_that_need(self.store, self.records, client_id, billing_info_id, method)]
        invoices = [*charges_that_need(self.records, client_id, billing_info_id)]
        if orders or invoices:
            raise MethodNeededError(billing_info_id, orders, invoices)

    def _forget(self, client: Client, billing_info_id: str, method: PaymentMethod) -> None:
        """A gateway that the stage has no more is not asked: nothing here can reach it."""
        if not self.choice.can_charge(method):
            return
        kept_at = method.gateway or self.choice.entered_at(client.brand_id, method.kind)
        try:
            gateway_at(self.gateway, kept_at).forget(method.token)
        except (GatewayUnavailableError, OutcomeUnknownError, GatewayMisusedError) as failed:
            raise MethodStillKeptError(billing_info_id, str(failed)) from None


def _listed(what: str, ids: Sequence[str]) -> str:
    if not ids:
        return ""
    shown = ", ".join(ids[:_NAMED])
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return f"{what}{'s' if len(ids) > 1 else ''} {shown}{more}"
