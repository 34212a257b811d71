"""Refusals about invoices and their payment, written for the caller."""

from typing import Any

from lambdas.orders.errors import OrderError, Problem


class NothingToInvoiceError(OrderError):
    kind = "nothing_to_invoice"

    def __init__(self, client_id: str, why: str = "") -> None:
        super().__init__(f"client {client_id} has no services to invoice{f': {why}' if why else ''}")


class NotInvoicedError(OrderError):
    """The services asked for cannot be invoiced, or not now."""

    kind = "not_invoiced"

    def __init__(self, text: str, *problems: Problem, **facts: Any) -> None:
        super().__init__(text, problems=problems, **facts)


class ChargeRefusedError(OrderError):
    """No money was taken; the invoice stays open."""

    kind = "payment_refused"

    def __init__(self, invoice_id: str, reason: str) -> None:
        super().__init__(
            f"invoice {invoice_id} was not charged and stays open: {reason}; charge another payment method of the client, or "
            "settle it with the client",
            invoice_id=invoice_id,
        )


class ChargeUnknownError(OrderError):
    """Whether money was taken is not known yet."""

    kind = "payment_unknown"

    def __init__(self, invoice_id: str) -> None:
        super().__init__(
            f"the payment of invoice {invoice_id} is still being confirmed; do not pay again, charge the same invoice again in a "
            "minute",
            invoice_id=invoice_id,
        )


class ChargeInProgressError(OrderError):
    kind = "submit_in_progress"

    def __init__(self, invoice_id: str) -> None:
        super().__init__(f"invoice {invoice_id} is being charged at this moment; look at it again in a few seconds")


class NotChargeableError(OrderError):
    """This invoice takes no charge, or not now."""

    kind = "not_chargeable"

    def __init__(self, invoice_id: str, why: str) -> None:
        super().__init__(f"invoice {invoice_id} cannot be charged: {why}")
