"""Refusals about invoices and their payment, in words for the caller."""

from typing import Any

from lambdas.orders.errors import Again, Nature, OrderError, Problem


class NothingToInvoiceError(OrderError):
    kind = "nothing_to_invoice"
    nature = Nature.CONFLICT

    def __init__(self, client_id: str, why: str = "") -> None:
        super().__init__(f"client {client_id} has no services to invoice{f': {why}' if why else ''}")


class NotInvoicedError(OrderError):
    """The requested services cannot be invoiced, or not now."""

    kind = "not_invoiced"
    nature = Nature.CONFLICT

    def __init__(self, text: str, *problems: Problem, **facts: Any) -> None:
        super().__init__(text, problems=problems, **facts)


class InvoicingBusyError(NotInvoicedError):
    """The gateway does not answer whether an order's money was taken already. Nothing was invoiced."""

    kind = "gateway_busy"
    nature = Nature.UNAVAILABLE
    again = Again.LATER
    retry_after_seconds = 10

    def __init__(self, order_id: str) -> None:
        super().__init__(
            f"the payment provider does not say whether the money of order {order_id} was taken already; nothing was invoiced, "
            "try again in a minute",
            order_id=order_id,
        )


class ChargeRefusedError(OrderError):
    """No money was taken; the invoice stays open. `by_bank`: the bank declined, which is an outcome."""

    kind = "payment_refused"
    nature = Nature.PAYMENT_NEEDED
    _MEND = "charge another payment method of the client, or contact the client"

    def __init__(self, invoice_id: str, reason: str, *, by_bank: bool = False) -> None:
        text = f"invoice {invoice_id} was not charged and stays open: {reason}; {self._MEND}"
        super().__init__(text, invoice_id=invoice_id)
        self.reason = reason
        self.again = Again.SAME if by_bank else self.again


class ChargeLapsedError(ChargeRefusedError):
    """The hold lapsed before its money was captured. That is no decline."""

    kind = "hold_lapsed"
    nature = Nature.PAYMENT_NEEDED
    _MEND = "ask the client to pay again, or charge one of the client's payment methods"

    def __init__(self, invoice_id: str) -> None:
        super().__init__(invoice_id, "the hold of its payment lapsed before it was captured")


class ChargeMisusedError(ChargeRefusedError):
    """The payment provider cannot do what we asked: our fault. No money was taken."""

    kind = "gateway_misused"
    nature = Nature.CONFLICT
    _MEND = "nothing was charged; tell those who operate this installation"


class ChargeUnavailableError(ChargeRefusedError):
    """The payment provider could not be reached, so no money was taken."""

    kind = "gateway_busy"
    nature = Nature.UNAVAILABLE
    again = Again.LATER
    retry_after_seconds = 10
    _MEND = "nothing was charged, charge it again in a minute"


class ChargeUnknownError(OrderError):
    """It is not known yet whether money was taken."""

    kind = "payment_unknown"
    nature = Nature.CONFLICT
    again = Again.LATER
    retry_after_seconds = 60

    _TEXT = "the payment of invoice {} is still being confirmed; do not pay again, charge the same invoice again in a minute"

    def __init__(self, invoice_id: str) -> None:
        super().__init__(self._TEXT.format(invoice_id), invoice_id=invoice_id)


class ChargePendingError(ChargeUnknownError):
    """Its bank has the debit and decides in some days. That is neither a failure nor unknown."""

    kind = "payment_pending"
    nature = Nature.CONFLICT
    retry_after_seconds = 86_400

    _TEXT = (
        "the debit for invoice {} is on its way, which takes some days; do not pay again, the invoice is paid or says why not "
        "once the bank has decided"
    )


class ChargeInProgressError(OrderError):
    kind = "submit_in_progress"
    nature = Nature.CONFLICT
    again = Again.LATER
    retry_after_seconds = 3

    def __init__(self, invoice_id: str) -> None:
        super().__init__(f"invoice {invoice_id} is being charged at this moment; look at it again in a few seconds")


class AnotherSumTakenError(OrderError):
    """The sum that was taken for an invoice differs from what is owed on it. `order_id`: the order, if the invoice is of one."""

    kind = "not_chargeable"
    nature = Nature.CONFLICT

    def __init__(self, order_id: str, transaction_id: str, invoice_id: str) -> None:
        subject = f"order {order_id} than its invoice {invoice_id}" if order_id else f"invoice {invoice_id} than it"
        way_out = "refund the difference at the payment provider" + (", or cancel the order" if order_id else "")
        super().__init__(
            f"another sum was taken for {subject} is of (transaction {transaction_id}): {way_out}, and try again"
        )


class NotChargeableError(OrderError):
    """The invoice takes no payment, or not now."""

    kind = "not_chargeable"
    nature = Nature.CONFLICT

    def __init__(self, invoice_id: str, why: str) -> None:
        super().__init__(f"invoice {invoice_id} takes no payment: {why}")


class NotPaidByHandError(OrderError):
    """This payment of the invoice cannot be recorded."""

    kind = "not_payable"
    nature = Nature.CONFLICT

    def __init__(self, invoice_id: str, why: str) -> None:
        super().__init__(f"this payment of invoice {invoice_id} cannot be recorded: {why}")


class NotReturnableError(OrderError):
    """No refund of this invoice can be noted, or not now."""

    kind = "not_returnable"
    nature = Nature.CONFLICT

    def __init__(self, invoice_id: str, why: str) -> None:
        super().__init__(f"no refund of invoice {invoice_id} can be noted: {why}")


class NotCreditedError(OrderError):
    """Nothing was credited. `line`: the number of the line that it is about."""

    kind = "not_credited"
    nature = Nature.CONFLICT

    def __init__(self, invoice_id: str, why: str, *, line: int | None = None) -> None:
        named = f"line {line} of invoice {invoice_id} {why}" if line else f"invoice {invoice_id}: {why}"
        problems = (Problem(f"lines.{line}", why),) if line else ()
        super().__init__(f"{named}; nothing was credited", problems=problems, invoice_id=invoice_id)


class RefundUnknownError(ChargeUnknownError):
    """The gateway does not answer. The same call finds out, and refunds what was not refunded."""

    _TEXT = (
        "the payment provider does not say what became of the payment of invoice {}; repeat this call in a minute, with the same "
        "reference: nothing is credited or refunded twice"
    )


class RefundRefusedError(OrderError):
    """A part was credited, and its payment was not refunded."""

    kind = "refund_refused"
    nature = Nature.CONFLICT

    def __init__(self, invoice_id: str, amount: str, why: str) -> None:
        super().__init__(
            f"invoice {invoice_id} is credited, but {amount} were not refunded: {why}; resolve it with the gateway, then repeat "
            "this call",
            invoice_id=invoice_id,
        )
