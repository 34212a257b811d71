"""Charges an open invoice: hold, capture, settle; one of several charges at once wins, and money is taken once.

The intent is written on the invoice before the gateway is called, with the key the gateway will know it by. Whoever finds a
lapsed intent looks its outcome up under that key (reference order-systems, P1 and D11).
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from lambdas.orders.errors import OrderError
from lambdas.orders.model.order import Hold, Order
from lambdas.payments.earlier_captures import without_charge
from lambdas.payments.errors import (
    ChargeInProgressError,
    ChargeRefusedError,
    ChargeUnavailableError,
    ChargeUnknownError,
    NotChargeableError,
)
from lambdas.payments.gateway import (
    DeclinedError,
    Gateway,
    GatewayUnavailableError,
    OutcomeUnknownError,
    Transaction,
    TransactionState,
    give_back,
)
from lambdas.payments.preauthorization import CAPTURING_MODULE
from lambdas.records.clients.payment_method import PaymentMethod
from lambdas.records.invoices.invoice import ChargeAttempt, Invoice, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords

CLAIM_SECONDS = 45  # longer than a door's Lambda may run, so that a lapsed claim has no process behind it
_NOBODY = 0  # a claim that has ended
_CREDITED = InvoiceStatus.CREDITED


def awaits_invoice(order: Order) -> bool:
    """Whether an action of the order has still to invoice its services, and to take the money that is held for them."""
    return not order.is_final and any(
        action.module == CAPTURING_MODULE and not action.met for action in order.actions.values()
    )


@dataclass(frozen=True)
class Charging:
    invoices: InvoiceRecords
    gateway: Gateway
    now: Callable[[], int]

    def charge(
        self,
        invoice: Invoice,
        billing_info_id: str,
        method: PaymentMethod,
        *,
        looked_at_again: Callable[[Invoice], Invoice] = lambda claimed: claimed,
    ) -> Invoice:
        """The invoice, paid. Charging a paid one changes nothing. `looked_at_again`: refuses, or finds it paid, once nobody else
        can begin to charge it. Raises the refusals of payments/errors.py."""
        if invoice.status is InvoiceStatus.CREDITED:
            raise NotChargeableError(invoice.invoice_id, "it was credited, so nothing is owed on it")
        if invoice.status is InvoiceStatus.PAID:
            return invoice
        if not invoice.owed_cents:
            return self.invoices.settle(invoice, InvoiceStatus.PAID, at=self.now())
        claimed, attempt = self._claimed(invoice, billing_info_id)
        try:
            known = looked_at_again(claimed)
        except OrderError:
            self._let_go(claimed, attempt)
            raise
        return known if known.status is InvoiceStatus.PAID else self._charged(claimed, attempt, method)

    def _charged(self, claimed: Invoice, attempt: ChargeAttempt, method: PaymentMethod) -> Invoice:
        try:
            transaction = self._taken(claimed, attempt, method)
        except DeclinedError as declined:
            self.invoices.write_charge(claimed, None, declines=claimed.declines + 1)
            raise ChargeRefusedError(claimed.invoice_id, str(declined), by_bank=True) from None
        except GatewayUnavailableError as unavailable:  # before anything was begun: the key can be used again
            self.invoices.write_charge(claimed, None, declines=claimed.declines)
            raise ChargeUnavailableError(claimed.invoice_id, str(unavailable)) from None
        except OutcomeUnknownError:
            raise ChargeUnknownError(claimed.invoice_id) from None
        return self._paid(claimed, attempt, transaction)

    def collect(self, invoice: Invoice, hold: Hold, key: str) -> Invoice:
        """The invoice, paid with what is held for its order, under the key of whoever else may capture it. Raises as `charge`."""
        open_ = self._without_charge(invoice, hold)
        if open_.status is not InvoiceStatus.OPEN:
            return open_
        claimed, attempt = self._claimed(open_, "", hold.key)
        try:
            transaction = self._collected(claimed, attempt, hold, key)
        except DeclinedError as declined:
            self.invoices.write_charge(claimed, None)
            raise ChargeRefusedError(invoice.invoice_id, str(declined), by_bank=True) from None
        except GatewayUnavailableError as unavailable:
            self.invoices.write_charge(claimed, None)
            raise ChargeUnavailableError(invoice.invoice_id, str(unavailable)) from None
        except OutcomeUnknownError:
            raise ChargeUnknownError(invoice.invoice_id) from None
        return self._paid(claimed, attempt, transaction)

    def _collected(self, invoice: Invoice, attempt: ChargeAttempt, hold: Hold, key: str) -> Transaction:
        if hold.captured:
            found = self._found(attempt)
            if found is None or found.state is not TransactionState.CAPTURED:
                raise DeclinedError("the money that was taken for the order is not there any more")
            return found
        try:
            return self.gateway.capture(key=key, transaction_id=hold.transaction_id, amount_cents=invoice.owed_cents)
        except OutcomeUnknownError:
            found = self._found(attempt)
            if found is None or found.state is not TransactionState.CAPTURED:
                raise
            return found

    def _without_charge(self, invoice: Invoice, hold: Hold) -> Invoice:
        """The invoice, whose earlier charge by another way has come to its end: it paid the invoice, or holds nothing more."""
        if invoice.charge is None or invoice.charge.key == hold.key:
            return invoice
        try:
            return without_charge(self.invoices, self.gateway, invoice, now=self.now())
        except (GatewayUnavailableError, OutcomeUnknownError):
            raise ChargeUnknownError(invoice.invoice_id) from None

    def _let_go(self, claimed: Invoice, attempt: ChargeAttempt) -> None:
        """Nothing was asked of the gateway. An earlier try under the same key may have been: that stays known."""
        kept = attempt.model_copy(update={"claim_ends_at": _NOBODY}) if attempt.tries > 1 else None
        self.invoices.write_charge(claimed, kept)

    def _claimed(self, invoice: Invoice, billing_info_id: str, key: str = "") -> tuple[Invoice, ChargeAttempt]:
        earlier = invoice.charge
        if earlier and earlier.claim_ends_at >= self.now():
            raise ChargeInProgressError(invoice.invoice_id)
        fresh = key or f"invoice:{invoice.invoice_id}:charge:{invoice.declines + 1}"
        attempt = ChargeAttempt(
            key=earlier.key if earlier else fresh,
            billing_info_id=billing_info_id,
            claim=secrets.token_hex(8),
            claim_ends_at=self.now() + CLAIM_SECONDS,
            tries=earlier.tries + 1 if earlier else 1,
        )
        claimed = self.invoices.write_charge(invoice, attempt)
        if claimed is None:
            raise ChargeInProgressError(invoice.invoice_id)
        return claimed, attempt

    def _taken(self, invoice: Invoice, attempt: ChargeAttempt, method: PaymentMethod) -> Transaction:
        found = self._found(attempt) if attempt.tries > 1 else None
        held = found or self._held(invoice, attempt, method)
        if held.state is TransactionState.CAPTURED:
            return held
        if held.state is not TransactionState.HELD:
            self._give_back(attempt)
            raise DeclinedError("the card's bank asks its holder to confirm the payment, and nobody is there to do so")
        return self._captured(invoice, attempt, held)

    def _held(self, invoice: Invoice, attempt: ChargeAttempt, method: PaymentMethod) -> Transaction:
        try:
            return self.gateway.authorize(
                key=attempt.key,
                token=method.token,
                amount_cents=invoice.owed_cents,
                currency=invoice.currency,
                order_id=invoice.order_id or "",
            )
        except OutcomeUnknownError:
            found = self._found(attempt)
            if found is None:
                raise
            return found

    def _captured(self, invoice: Invoice, attempt: ChargeAttempt, held: Transaction) -> Transaction:
        try:
            return self.gateway.capture(
                key=f"{attempt.key}:capture", transaction_id=held.transaction_id, amount_cents=invoice.owed_cents
            )
        except DeclinedError:
            self._give_back(attempt)
            raise
        except (GatewayUnavailableError, OutcomeUnknownError):
            found = self._found(attempt)
            if found is None or found.state is not TransactionState.CAPTURED:
                raise OutcomeUnknownError("the payment is not confirmed yet") from None
            return found

    def _found(self, attempt: ChargeAttempt) -> Transaction | None:
        try:
            return self.gateway.find(attempt.key)
        except GatewayUnavailableError as unavailable:
            raise OutcomeUnknownError(str(unavailable)) from None

    def _paid(self, claimed: Invoice, attempt: ChargeAttempt, transaction: Transaction) -> Invoice:
        """Where the invoice was credited meanwhile, nothing is owed on it: the money goes back."""
        paid = self.invoices.write_charge(
            claimed,
            attempt.model_copy(update={"claim_ends_at": _NOBODY}),
            status=InvoiceStatus.PAID,
            transaction_id=transaction.transaction_id,
            paid_at=self.now(),
        )
        if paid:
            return paid
        current = self.invoices.get(claimed.invoice_id)
        if current and current.charge and current.charge.key == attempt.key and current.status is not _CREDITED:
            raise ChargeInProgressError(claimed.invoice_id)  # our claim lapsed: whoever has it found this payment
        self._give_back(attempt)
        raise NotChargeableError(claimed.invoice_id, "it was credited meanwhile, so the money was given back")

    def _give_back(self, attempt: ChargeAttempt) -> None:
        try:
            give_back(self.gateway, attempt.key)
        except GatewayUnavailableError as unavailable:
            raise OutcomeUnknownError(str(unavailable)) from None
