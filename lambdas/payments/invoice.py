"""Invoices a client's services that are on no invoice yet, and collects them (API method client.invoice_generate).

Services that their order's Generate Invoice has still to invoice are left to it. To invoice them now, in the same way, the
caller names the transaction that holds the order's money.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from lambdas.orders.errors import Problem
from lambdas.orders.model.order import Hold, Order
from lambdas.payments.captures import awaits_invoice, find_capture
from lambdas.payments.charge import Charges
from lambdas.payments.errors import ChargeRefusedError, InvoicingBusyError, NothingToInvoiceError, NotInvoicedError
from lambdas.payments.gateway import Gateway, GatewayUnavailableError, OutcomeUnknownError
from lambdas.records.clients.client import Client
from lambdas.records.clients.service import Service, ServiceRecords, ServiceStatus, order_id_of
from lambdas.records.clients.standing import DUE_DAYS
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.lines import invoice_lines
from lambdas.records.invoices.marks import find_invoiced
from lambdas.records.invoices.records import ConditionsNotMetError, InvoiceRecords, ServicesInvoicedError
from lambdas.records.invoices.series import SeriesBusyError
from lambdas.records.request_key import RequestKey
from lambdas.records.table import RecordTable

MAX_ORDERS = 45  # A transaction has 100 parts, and each order on an invoice takes two.
_DAY = 86_400
_TRIES = 4


class Orders(Protocol):
    """Orders as far as invoicing reads them: the order service, or the order store."""

    def get(self, *, order_id: str) -> Order: ...
    def unless_canceled(self, order_id: str) -> Sequence[Any]: ...


@dataclass(frozen=True)
class InvoiceRun:
    records: RecordTable
    orders: Orders
    gateway: Gateway
    now: Callable[[], int]

    def generate(
        self,
        client: Client,
        *,
        only: frozenset[str] | None = None,
        due_at: int | None = None,
        key: RequestKey | None = None,
    ) -> Invoice:
        """Issue one invoice of all services that can be invoiced now, or of `only` these. Return what the key made before.

        Raises NothingToInvoiceError, NotInvoicedError, or RequestKeyUsedError.
        """
        if first := self._invoices.issued_first(None, key):
            return first
        patience = self.records.patience(_TRIES)
        while True:
            # An order that was canceled in the meantime is left out, or refused, on the next try.
            with suppress(ConditionsNotMetError):
                return self._generate_once(client, only, due_at, key)
            patience.wait_or_raise(_being_canceled)

    def _generate_once(
        self, client: Client, only: frozenset[str] | None, due_at: int | None, key: RequestKey | None
    ) -> Invoice:
        services = self._find_services(client, only)
        if only and len(_order_ids(services)) > MAX_ORDERS:
            why = f"are of more than {MAX_ORDERS} orders, which one invoice does not take; name fewer"
            raise NotInvoicedError(f"the services named {why}", Problem("include_packs", why))
        orders = {order_id: self.orders.get(order_id=order_id) for order_id in _order_ids(services)[:MAX_ORDERS]}
        late = {order_id for order_id, order in orders.items() if order.canceled_at or self._is_paid_by_order(order)}
        if only and (left := [each.service_id for each in services if each.order_id in late]):
            raise NotInvoicedError(
                f"services {', '.join(left)} are of an order that was canceled, whose money was taken already, or whose Generate "
                "Invoice has still to invoice them: process or skip that, or name its transaction with command charge_prior_auth",
                Problem("include_packs", f"{', '.join(left)} are invoiced by their order"),
            )
        ready = [each for each in services if each.order_id in orders.keys() - late]
        if not ready:
            raise NothingToInvoiceError(
                client.client_id, "those there are will be invoiced by their order" if late else ""
            )
        invoice = self._issue(self._draft(client, ready, orders, due_at), key)
        return invoice if invoice.total_cents else self._invoices.mark(invoice, InvoiceStatus.PAID, at=self.now())

    def collect(self, client: Client, trans_id: str | None, *, due_at: int | None = None) -> Invoice:
        """Issue the invoice of the order whose money this transaction holds, and pay it from that. May be repeated.

        Raises NotInvoicedError, NothingToInvoiceError, ChargeRefusedError or ChargeUnknownError.
        """
        order, hold = self._find_held(client, trans_id)
        if order.canceled_at:
            raise _canceled(order)
        made = ServiceRecords(self.records).of_order(client.client_id, order.order_id)
        again = self._invoices.of_order(order.order_id) is not None
        done = {} if again else find_invoiced(self.records, [each.service_id for each in made])
        services = [each for each in made if each.service_id not in done]
        if not services:
            raise NothingToInvoiceError(client.client_id, f"order {order.order_id} has none")
        draft = self._draft(client, services, {order.order_id: order}, due_at)
        try:
            invoice = self._issue(draft.model_copy(update={"order_id": order.order_id}), None)
        except ConditionsNotMetError:
            raise _canceled(order) from None
        if invoice.status is not InvoiceStatus.OPEN:
            return invoice
        if invoice.total_cents > hold.amount_cents:
            raise ChargeRefusedError(invoice.invoice_id, "it is higher than the amount that is held")
        return Charges(self._invoices, self.gateway, self.now).collect(invoice, order, hold)

    def _is_paid_by_order(self, order: Order) -> bool:
        """Whether the order's own money pays its invoice, now or later, so that nobody else may pay for it."""
        if awaits_invoice(order):
            return True
        try:
            return find_capture(order, self.gateway) is not None
        except (GatewayUnavailableError, OutcomeUnknownError):
            raise InvoicingBusyError(order.order_id) from None

    @property
    def _invoices(self) -> InvoiceRecords:
        return InvoiceRecords(self.records)

    def _find_services(self, client: Client, only: frozenset[str] | None) -> list[Service]:
        services = ServiceRecords(self.records).of_client(client.client_id)
        live = {each.service_id: each for each in services if each.status is not ServiceStatus.CANCELED}
        if only is None:
            done = find_invoiced(self.records, live)
            return [each for each in live.values() if each.service_id not in done]
        if unknown := sorted(only - live.keys()):
            raise NotInvoicedError(
                f"client {client.client_id} has no services {', '.join(unknown)}, or they are canceled",
                Problem("include_packs", "names services the client does not have"),
            )
        if done := find_invoiced(self.records, only):
            named = ", ".join(f"{service_id} (invoice {number})" for service_id, number in done.items())
            raise NotInvoicedError(f"services {named} are invoiced already", Problem("include_packs", named))
        return [each for each in live.values() if each.service_id in only]

    def _find_held(self, client: Client, trans_id: str | None) -> tuple[Order, Hold]:
        services = ServiceRecords(self.records).of_client(client.client_id)
        orders = (self.orders.get(order_id=order_id) for order_id in _order_ids(services))
        held = [(order, order.hold) for order in orders if order.hold and trans_id in (None, order.hold.transaction_id)]
        if trans_id is None:
            held = [(order, hold) for order, hold in held if self._invoices.of_order(order.order_id) is None]
        if len(held) == 1:
            return held[0]
        found = "no pre-authorised transaction" if not held else "several pre-authorised transactions; name one"
        raise NotInvoicedError(f"client {client.client_id} has {found}", Problem("trans_id", found))

    def _draft(self, client: Client, services: list[Service], orders: dict[str, Order], due_at: int | None) -> Invoice:
        packs = {(key, pack.pack): pack for key, order in orders.items() for pack in order.priced}
        lines = tuple(line for each in services for line in invoice_lines(each, packs[each.order_id, each.pack]))
        datepay = client.settings.get("datepay", "")
        days = int(datepay) if datepay.isascii() and datepay.isdecimal() else DUE_DAYS
        return Invoice(
            brand_id=client.brand_id,
            client_id=client.client_id,
            lines=lines,
            total_cents=sum(line.amount_cents for line in lines),
            currency=services[0].currency,
            issued_at=self.now(),
            supplied_at=max(each.begins_at for each in services),
            due_at=due_at or self.now() + days * _DAY,
        )

    def _issue(self, draft: Invoice, key: RequestKey | None) -> Invoice:
        orders = dict.fromkeys(order_id_of(line.service_id) for line in draft.lines)
        live = [each for order_id in orders for each in self.orders.unless_canceled(order_id)]
        try:
            return self._invoices.issue(draft, key, also=lambda number: live)
        except ServicesInvoicedError as error:
            raise NotInvoicedError(f"{error}; look at client.invoice_list") from None
        except SeriesBusyError as busy:
            raise NotInvoicedError(f"{busy}; nothing was invoiced, try again") from None


def _being_canceled() -> NotInvoicedError:
    return NotInvoicedError("its orders are being canceled at this moment; nothing was invoiced, try again")


def _canceled(order: Order) -> NotInvoicedError:
    text = f"order {order.order_id} was canceled, so the money held for it is released and nothing of it is invoiced"
    return NotInvoicedError(text, Problem("trans_id", "is that of an order that was canceled"))


def _order_ids(services: Iterable[Service]) -> list[str]:
    return list(dict.fromkeys(each.order_id for each in services))
