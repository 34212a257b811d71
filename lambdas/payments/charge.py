"""Charges an open invoice: authorizes, captures, and marks it as paid. Of several charges at once one wins.

The intent is written on the invoice before the gateway is called, with the key that the gateway will know it by. A later
charge that finds a lapsed intent looks its outcome up under that key, so money is taken once.

Longer than 200 lines, because it is one claim, from its beginning to each of its ends.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lambdas.orders.errors import OrderError
from lambdas.orders.model.order import Hold, Order
from lambdas.orders.payment_key import key_at
from lambdas.payments.attempt import return_money, take
from lambdas.payments.captures import capture_for, end_charge, find_capture, refuse_another_sum
from lambdas.payments.effects.effect import charge_key
from lambdas.payments.errors import (
    AnotherSumTakenError,
    ChargeInProgressError,
    ChargeLapsedError,
    ChargeMisusedError,
    ChargePendingError,
    ChargeRefusedError,
    ChargeUnavailableError,
    ChargeUnknownError,
    NotChargeableError,
)
from lambdas.payments.gateway import (
    DeclinedError,
    Gateway,
    GatewayMisusedError,
    GatewayUnavailableError,
    LapsedError,
    OutcomeUnknownError,
    Transaction,
    UndecidedError,
)
from lambdas.payments.several.choice import ELSEWHERE, SINGLE, GatewayChoice
from lambdas.records.clients.payment_method import PaymentMethod
from lambdas.records.invoices.invoice import ChargeAttempt, Invoice, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords

CLAIM_SECONDS = 45  # Longer than a door's Lambda may run, so no process is behind a lapsed claim.
_ENDED = 0  # `claim_ends_at` of a claim that has ended.
_CREDITED = InvoiceStatus.CREDITED


@dataclass(frozen=True)
class Charges:
    """`now` gives Unix seconds."""

    invoices: InvoiceRecords
    gateway: Gateway
    now: Callable[[], int]
    choice: GatewayChoice = SINGLE

    def charge(
        self,
        invoice: Invoice,
        billing_info_id: str,
        method: PaymentMethod,
        *,
        check_again: Callable[[Invoice], Invoice] = lambda claimed: claimed,
    ) -> Invoice:
        """Charge the invoice to this method and return it as paid. A paid one stays as it is.

        `check_again`: called once nobody else can charge the invoice; it returns the invoice, perhaps as paid already, or
        refuses. Raises the refusals of payments/errors.py.
        """
        if invoice.status is InvoiceStatus.CREDITED:
            raise NotChargeableError(invoice.invoice_id, "it was credited, so nothing is owed on it")
        if invoice.status is InvoiceStatus.PAID:
            return invoice
        if not invoice.owed_cents:
            return self.invoices.mark(invoice, InvoiceStatus.PAID, at=self.now())
        claimed, attempt = self._claim(invoice, billing_info_id, self._fresh_key(invoice, method))
        try:
            checked = check_again(claimed)
        except OrderError:
            self._release_claim(claimed, attempt)
            raise
        if checked.status is InvoiceStatus.PAID:
            return checked
        with self._end_claim_on_failure(claimed, next_key=True, kept=attempt):
            transaction = take(self.gateway, claimed, attempt, method)
        return self._mark_paid(claimed, attempt, transaction)

    def collect(self, invoice: Invoice, order: Order, hold: Hold) -> Invoice:
        """Pay the order's invoice from the money held for the order, and return it as paid. Raises as `charge`."""
        invoice = self._end_other_charge(invoice, hold)
        if invoice.status is not InvoiceStatus.OPEN:
            return invoice
        claimed, attempt = self._claim(invoice, "", hold.key)
        with self._end_claim_on_failure(claimed, next_key=False):
            transaction = self._capture_hold(claimed, order, hold)
        return self._mark_paid(claimed, attempt, transaction)

    @contextmanager
    def _end_claim_on_failure(
        self, claimed: Invoice, *, next_key: bool, kept: ChargeAttempt | None = None
    ) -> Iterator[None]:
        """Turn the gateway's errors into refusals. The claim ends, unless the outcome is unknown: then it must be looked up.

        Longer than 30 lines, because each class of the gateway's errors is here once.

        `next_key`: whether the next charge of the invoice needs a key of its own; a capture of the order's hold does not.
        `kept`: the attempt that stays on the invoice if another sum was taken; None: the order's hold names that money.
        """
        try:
            yield
        except LapsedError:  # The next charge has another key, since nothing is held under this one any more.
            self.invoices.write_charge(claimed, None, declines=claimed.declines + next_key)
            raise ChargeLapsedError(claimed.invoice_id) from None
        except GatewayMisusedError as misused:
            self.invoices.write_charge(claimed, None, declines=claimed.declines + next_key)
            raise ChargeMisusedError(claimed.invoice_id, str(misused)) from None
        except DeclinedError as declined:
            why = str(declined)
            self.invoices.write_charge(claimed, None, declines=claimed.declines + next_key, declined_because=why)
            raise ChargeRefusedError(claimed.invoice_id, str(declined), by_bank=True) from None
        except GatewayUnavailableError as unavailable:  # Nothing was begun, so the key can be used again.
            self.invoices.write_charge(claimed, None)
            raise ChargeUnavailableError(claimed.invoice_id, str(unavailable)) from None
        except AnotherSumTakenError:  # It stays taken, and each later charge of the invoice finds it.
            ended = kept.model_copy(update={"claim_ends_at": _ENDED}) if kept else None
            self.invoices.write_charge(claimed, ended)
            raise
        except UndecidedError:
            self._note_pending(claimed)
            raise ChargePendingError(claimed.invoice_id) from None
        except OutcomeUnknownError:
            raise ChargeUnknownError(claimed.invoice_id) from None

    def _note_pending(self, claimed: Invoice) -> None:
        """Keep the attempt on the invoice, without a claim. A later look finds it by its key."""
        attempt = claimed.charge
        if attempt:
            since = attempt.pending_since or self.now()
            self.invoices.write_charge(
                claimed, attempt.model_copy(update={"claim_ends_at": _ENDED, "pending_since": since})
            )

    def _capture_hold(self, invoice: Invoice, order: Order, hold: Hold) -> Transaction:
        if not hold.captured:
            return capture_for(invoice, order, hold, self.gateway)
        try:
            taken = find_capture(order, self.gateway)
        except GatewayUnavailableError as unavailable:  # Money was taken: nothing is known until the gateway answers.
            raise OutcomeUnknownError(str(unavailable)) from None
        if taken is None:
            raise DeclinedError("the money that was taken for the order is not there any more")
        refuse_another_sum(taken, invoice, order.order_id)
        return taken

    def _end_other_charge(self, invoice: Invoice, hold: Hold) -> Invoice:
        """End a charge of the invoice by another method. The invoice is paid by it, or nothing more is held for it."""
        if invoice.charge is None or invoice.charge.key == hold.key:
            return invoice
        try:
            return end_charge(self.invoices, self.gateway, invoice, now=self.now())
        except UndecidedError:
            raise ChargePendingError(invoice.invoice_id) from None
        except (GatewayUnavailableError, OutcomeUnknownError):
            raise ChargeUnknownError(invoice.invoice_id) from None

    def _fresh_key(self, invoice: Invoice, method: PaymentMethod) -> str:
        """Raises NotChargeableError if nothing is kept of the method here, unless an earlier try may have moved money."""
        if invoice.charge is None and not self.choice.can_charge(method):
            raise NotChargeableError(invoice.invoice_id, ELSEWHERE)
        key = charge_key(invoice.invoice_id, invoice.declines + 1)
        return key_at(key, self.choice.charged_at(invoice.brand_id, method))

    def _claim(self, invoice: Invoice, billing_info_id: str, key: str) -> tuple[Invoice, ChargeAttempt]:
        earlier = invoice.charge
        if earlier and earlier.claim_ends_at >= self.now():
            raise ChargeInProgressError(invoice.invoice_id)
        attempt = ChargeAttempt(
            key=earlier.key if earlier else key,
            billing_info_id=billing_info_id,
            claim=secrets.token_hex(8),
            claim_ends_at=self.now() + CLAIM_SECONDS,
            tries=earlier.tries + 1 if earlier else 1,
            pending_since=earlier.pending_since if earlier else None,
        )
        claimed = self.invoices.write_charge(invoice, attempt)
        if claimed is None:
            raise ChargeInProgressError(invoice.invoice_id)
        return claimed, attempt

    def _release_claim(self, claimed: Invoice, attempt: ChargeAttempt) -> None:
        """End a claim that asked nothing of the gateway. An earlier try with the same key may have, so the key is kept."""
        kept = attempt.model_copy(update={"claim_ends_at": _ENDED}) if attempt.tries > 1 else None
        self.invoices.write_charge(claimed, kept)

    def _mark_paid(self, claimed: Invoice, attempt: ChargeAttempt, transaction: Transaction) -> Invoice:
        """Mark the invoice as paid. If it was credited in the meantime, return the money and raise NotChargeableError."""
        paid = self.invoices.write_charge(
            claimed,
            attempt.model_copy(update={"claim_ends_at": _ENDED}),
            status=InvoiceStatus.PAID,
            transaction_id=transaction.transaction_id,
            paid_at=self.now(),
        )
        if paid:
            return paid
        current = self.invoices.get(claimed.invoice_id)
        if current and current.charge and current.charge.key == attempt.key and current.status is not _CREDITED:
            raise ChargeInProgressError(
                claimed.invoice_id
            )  # Our claim lapsed; the charge that took over finds the payment.
        return_money(self.gateway, attempt)
        raise NotChargeableError(claimed.invoice_id, "it was credited meanwhile, so the money was returned")
