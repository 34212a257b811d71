"""Invoices and credit notes, each in a series of its own without gaps (docs/reference/order-systems.md, 4.9 and P14).

Longer than 200 lines, because it is one declaration: all that a document states.
"""

from enum import StrEnum

from lambdas.runtime.models import Frozen

NUMBER_DIGITS = 9


def invoices_pk(client_id: str) -> str:
    """A separate partition, so that a door that reads clients need not see their invoices."""
    return f"invoices#{client_id}"


class InvoiceKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class InvoiceStatus(StrEnum):
    OPEN = "open"
    PAID = "paid"
    CREDITED = "credited"


class CreditReason(StrEnum):
    """Why a line is credited."""

    CANCELED = "canceled"
    WITHDRAWN = "withdrawn"
    WRONG_PRICE = "wrong_price"
    DUPLICATE = "duplicate"
    FAULT = "fault"
    GOODWILL = "goodwill"
    OTHER = "other"


class InvoiceLine(Frozen):
    """`tax_name` and `tax_rate` (percent, decimal text) are those of a line that is tax.
    `vat_check`: the register's answer on the buyer's VAT number, as the order has it.

    `reason`, `reason_text`: on a credit note, why the line is credited.
    """

    description: str
    service_id: str
    quantity: int
    amount_cents: int
    tax_name: str = ""
    tax_rate: str = ""
    vat_check: str = ""
    reason: CreditReason | None = None
    reason_text: str | None = None


class ChargeAttempt(Frozen):
    """The intent to charge, written before the gateway is called. `key`: the gateway's key of the payment.

    `tries` above 1: the process of an earlier try died. After the payment it names where the money came from, without a claim.
    `pending_since`: since when a bank has a debit about which it decides in some days, in Unix seconds.
    """

    key: str
    billing_info_id: str
    claim: str
    claim_ends_at: int
    tries: int = 1
    pending_since: int | None = None


class RecordedPayment(Frozen):
    """Money that came outside of the gateway, such as by bank transfer, as staff recorded it. Times in Unix seconds.

    `reference`: the name of the payment at the bank, or the number of the cheque. `credited_before`: orders whose part of the
    invoice was credited before the money came. `returned_*`: the latest note that money was paid back after a credit.
    `returned_parts`: order id -> reference, of an invoice of several orders.
    """

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


class Reduction(Frozen):
    """The parts of an invoice that notes credited. `lines`: cents by index of the line. `note`: the number of the latest.

    `refund_cents`: of that note, what its payment must still be refunded; 0 once it is.
    """

    lines: dict[str, int]
    note: int
    refund_cents: int = 0


class Party(Frozen):
    """A seller or a buyer, as a document names them. `name`: of the company, else of the person. `attention`: the person there.

    `registration`: the seller's entry in a register of companies. `email`: where to answer, or where it was mailed.
    """

    name: str = ""
    attention: str = ""
    address: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""
    vat_id: str = ""
    registration: str = ""
    email: str = ""


class Owed(Frozen):
    """The fields that decide whether an invoice is owed, and since when. `reduced_cents`: what notes credited of its lines.

    Public doors may read these fields of invoices and no others (infra/functions/record_keys.py).
    """

    status: InvoiceStatus = InvoiceStatus.OPEN
    total_cents: int
    credited: dict[str, int] | None = None
    reduced_cents: int = 0
    issued_at: int
    due_at: int | None = None

    @property
    def owed_cents(self) -> int:
        """The amount to pay for the invoice, or that was paid."""
        return self.total_cents - sum((self.credited or {}).values()) - self.reduced_cents

    @property
    def is_owed(self) -> bool:
        """Whether an amount is still to be paid."""
        return self.status is InvoiceStatus.OPEN and self.owed_cents > 0


class Invoice(Owed):
    """An issued document. Amounts in cents, times in Unix seconds. `number`: 0 until it is issued; its id is made of it.

    `document_number` stands on it, in the series of its year; earlier releases gave none.

    `order_id`: the order, if the invoice is of one. `order_reference`: what its buyer knows it by. `credited`: cents by canceled
    order, if the invoice is of several orders. `reduction`: the parts that notes credited. `reference`: of such a note, as its
    caller named it.
    `credits_number`, `credits_document`, `credits_issued_at`: the invoice that a note credits.

    `declines`: the charges of it that failed. `declined_because`: why the latest did, in words for its client.

    `refunded_there_cents`: what its payment's provider refunded without us, and no credit note stands for.

    `seller`, `buyer`: the parties as they were at its issue; documents of earlier releases have none. `notes`: what the law and
    the seller want to stand below it. `supplied_at`: when the last of its services began. `time_zone`: of its dates.

    `untaxed`: what a line without a tax is to VAT, as EN 16931 codes it, and `untaxed_note` why. Empty: it has no such line, or
    an earlier release issued it.
    """

    kind: InvoiceKind = InvoiceKind.INVOICE
    number: int = 0
    document_number: str = ""
    brand_id: int
    client_id: str
    order_id: str | None = None
    order_reference: str = ""
    lines: tuple[InvoiceLine, ...]
    currency: str
    transaction_id: str | None = None
    credits_number: int | None = None
    credits_document: str = ""
    credits_issued_at: int | None = None
    reference: str | None = None
    reduction: Reduction | None = None
    charge: ChargeAttempt | None = None
    payment: RecordedPayment | None = None
    refunded_there_cents: int = 0
    declines: int = 0
    declined_because: str = ""
    paid_at: int | None = None
    seller: Party | None = None
    buyer: Party | None = None
    notes: tuple[str, ...] = ()
    untaxed: str = ""
    untaxed_note: str = ""
    supplied_at: int | None = None
    time_zone: str = "UTC"

    @property
    def shown_number(self) -> str:
        """The number that people know it by."""
        return self.document_number or str(self.number)

    @property
    def invoice_id(self) -> str:
        return invoice_id_of(self.brand_id, self.number)

    @property
    def credited_cents(self) -> int:
        """The sum that credit notes took off the total."""
        return self.total_cents if self.status is InvoiceStatus.CREDITED else self.total_cents - self.owed_cents

    @property
    def left_lines(self) -> tuple[InvoiceLine, ...]:
        """The lines without what notes credited of them. Lines that nothing is left of are left out; a tax stays while it is
        the tax of one that is left."""
        done = self.reduction.lines if self.reduction else {}
        left = [
            (line.changed(amount_cents=line.amount_cents - done.get(str(index), 0)), str(index) in done)
            for index, line in enumerate(self.lines)
        ]
        there = [line for line, is_reduced in left if line.amount_cents or not is_reduced]
        taxed = {line.service_id for line in there if not line.tax_name}
        return tuple(
            line
            for line, is_reduced in left
            if line.amount_cents or not is_reduced or (line.tax_name and line.service_id in taxed)
        )

    @property
    def to_return_cents(self) -> int:
        """The part of a recorded payment that must be paid back by hand, because the invoice was credited since."""
        if self.payment is None or self.status is InvoiceStatus.OPEN:
            return 0
        owed = 0 if self.status is InvoiceStatus.CREDITED else self.owed_cents
        return max(0, self.payment.amount_cents - owed - self.payment.returned_cents)

    @property
    def parts_to_return(self) -> dict[str, int]:
        """Order id -> the order's part of that, in cents. The own order's id on an invoice of one order."""
        if self.payment is None or not self.to_return_cents:
            return {}
        if self.credited is None:
            return {self.order_id or "": self.to_return_cents}
        done = {*self.payment.credited_before, *self.payment.returned_parts}
        return {order_id: cents for order_id, cents in self.credited.items() if cents and order_id not in done}

    def is_returned(self, order_id: str) -> bool:
        """Whether a recorded payment was returned for this order."""
        if self.payment is None or self.payment.returned_at is None:
            return False
        return self.credited is None or order_id in self.payment.returned_parts


def invoice_id_of(brand_id: int, number: int) -> str:
    """Brand and number: brand 1, invoice 7 -> `1000000007`."""
    return f"{brand_id}{number:0{NUMBER_DIGITS}d}"
