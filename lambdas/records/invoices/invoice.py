"""Invoices and credit notes, each in a series of its own without gaps (reference order-systems 4.9 and P14)."""

from enum import StrEnum

from lambdas.runtime.models import Frozen

NUMBER_DIGITS = 9


def invoices_pk(client_id: str) -> str:
    """A partition of their own: who may read a client need not see what they were billed."""
    return f"invoices#{client_id}"


class InvoiceKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class InvoiceStatus(StrEnum):
    OPEN = "open"
    PAID = "paid"
    CREDITED = "credited"


class InvoiceLine(Frozen):
    """`tax_name` and `tax_rate` (percent, decimal text) are those of a line that is tax."""

    description: str
    service_id: str
    quantity: int
    amount_cents: int
    tax_name: str = ""
    tax_rate: str = ""


class ChargeAttempt(Frozen):
    """The intent to charge, written before the gateway is called. `key` is what the gateway knows it by; `tries` above 1:
    the process behind an earlier try died. After the payment it says where the money came from, with no claim."""

    key: str
    billing_info_id: str
    claim: str
    claim_ends_at: int
    tries: int = 1


class RecordedPayment(Frozen):
    """Money that came outside of the gateway, such as by bank transfer, as staff recorded it. `reference`: what the bank or the
    cheque calls it. `credited_before`: orders whose part of the invoice was credited before it came, so it did not pay for them.
    `returned_*`: who noted that it was paid back, because the invoice was credited, and when last; `returned_parts`: order id ->
    reference, of an invoice of several orders. Times in Unix seconds."""

    payment_type: str
    reference: str
    amount_cents: int
    by: str
    at: int
    returned_cents: int = 0
    returned_reference: str = ""
    returned_by: str = ""
    returned_at: int | None = None
    credited_before: tuple[str, ...] = ()
    returned_parts: dict[str, str] = {}


class Owed(Frozen):
    """What tells whether something is owed on an invoice, and since when. Of invoices, public doors may read this and no more
    (infra/functions/record_keys.py)."""

    status: InvoiceStatus = InvoiceStatus.OPEN
    total_cents: int
    credited: dict[str, int] | None = None
    issued_at: int
    due_at: int | None = None

    @property
    def owed_cents(self) -> int:
        """What is to be paid for it, or was."""
        return self.total_cents - sum((self.credited or {}).values())

    @property
    def is_owed(self) -> bool:
        """Whether somebody has still to pay something on it."""
        return self.status is InvoiceStatus.OPEN and self.owed_cents > 0


class Invoice(Owed):
    """An issued document. `number` is 0 until it is issued; amounts in cents; times in Unix seconds; `order_id`: the order it
    is the invoice of, if it is one's; `credits_number` names what a note credits; `credited`: how much of it was credited for
    each order that was canceled, where it is an invoice of several."""

    kind: InvoiceKind = InvoiceKind.INVOICE
    number: int = 0
    brand_id: int
    client_id: str
    order_id: str | None = None
    lines: tuple[InvoiceLine, ...]
    currency: str
    transaction_id: str | None = None
    credits_number: int | None = None
    charge: ChargeAttempt | None = None
    payment: RecordedPayment | None = None
    declines: int = 0
    paid_at: int | None = None

    @property
    def invoice_id(self) -> str:
        return invoice_id_of(self.brand_id, self.number)

    @property
    def to_return_cents(self) -> int:
        """What came for it by hand and has to go back by hand, for the invoice or a part of it was credited since."""
        if self.payment is None or self.status is InvoiceStatus.OPEN:
            return 0
        owed = 0 if self.status is InvoiceStatus.CREDITED else self.owed_cents
        return max(0, self.payment.amount_cents - owed - self.payment.returned_cents)

    @property
    def parts_to_return(self) -> dict[str, int]:
        """Order id -> how much of that is for this order, in cents. Its own id where it is one order's invoice."""
        if self.payment is None or not self.to_return_cents:
            return {}
        if self.credited is None:
            return {self.order_id or "": self.to_return_cents}
        settled = {*self.payment.credited_before, *self.payment.returned_parts}
        return {order_id: cents for order_id, cents in self.credited.items() if cents and order_id not in settled}

    def is_returned(self, order_id: str) -> bool:
        """Whether money that came by hand went back for this order."""
        if self.payment is None or self.payment.returned_at is None:
            return False
        return self.credited is None or order_id in self.payment.returned_parts


def invoice_id_of(brand_id: int, number: int) -> str:
    """Brand and number: brand 1, invoice 7 -> `1000000007`."""
    return f"{brand_id}{number:0{NUMBER_DIGITS}d}"
