"""Invoices as new callers get them: money as decimal text, ISO times."""

from typing import Annotated, Literal, TypedDict

from typing_extensions import Doc

from lambdas.api.http.values import iso
from lambdas.orders.model.money import format_cents
from lambdas.records.invoices.invoice import Invoice, InvoiceLine, Party, RecordedPayment
from lambdas.records.invoices.totals_per_rate import RateTotal, net_cents, totals_per_rate


class InvoiceLineView(TypedDict):
    service_id: Annotated[str, Doc("The service it bills, or empty.")]
    description: Annotated[str, Doc("What is billed.")]
    quantity: Annotated[int, Doc("How many units.")]
    amount: Annotated[str, Doc("For the whole quantity; a discount is negative.")]
    tax_name: Annotated[str | None, Doc("The tax's name, for a line of tax.")]
    tax_rate: Annotated[str | None, Doc("In percent, for a line of tax.")]
    vat_check: Annotated[
        str | None,
        Doc("What the register answered on the buyer's VAT number, as the order says it; null: it was not asked."),
    ]


class RateTotalView(TypedDict):
    """The net amount that one tax rate of the invoice applies to, and the tax on it."""

    tax_name: Annotated[str | None, Doc("The tax's name; null for what no tax was taken on.")]
    tax_rate: Annotated[str | None, Doc("In percent; null for what no tax was taken on.")]
    net: Annotated[str, Doc("The amount that the rate applies to, after discounts.")]
    tax: Annotated[str, Doc("The tax on it.")]
    reverse_charge: Annotated[bool, Doc("Whether the client owes the tax, and was charged none.")]


class RecordedPaymentView(TypedDict):
    """Money that was paid outside of the gateway, and its refund."""

    payment_type: Annotated[str, Doc("The kind of payment, such as check.")]
    reference: Annotated[str, Doc("What identifies the payment, such as a check's number.")]
    amount: Annotated[str, Doc("The amount paid.")]
    by: Annotated[str, Doc("The user who recorded it.")]
    at: Annotated[str | None, Doc("When it was recorded.")]
    returned_reference: Annotated[str | None, Doc("What identifies the refund.")]
    returned_by: Annotated[str | None, Doc("The user who recorded the refund.")]
    returned_at: Annotated[str | None, Doc("When the refund was recorded.")]
    returned_parts: Annotated[
        dict[str, str], Doc("For an invoice of several orders: each refund's reference, by order id.")
    ]


class PartyView(TypedDict):
    """A seller or buyer, as it was when the invoice was issued."""

    name: Annotated[str, Doc("The company, else the person.")]
    attention: Annotated[str, Doc("The person at the company, or empty.")]
    address: Annotated[str, Doc("Street and number.")]
    city: Annotated[str, Doc("The city.")]
    state: Annotated[str, Doc("The state or region, or empty.")]
    zip: Annotated[str, Doc("The postal code.")]
    country: Annotated[str, Doc("ISO 3166-1 code, such as GB.")]
    vat_id: Annotated[str, Doc("The VAT number, or empty.")]
    registration: Annotated[str, Doc("The entry in a register of companies, or empty.")]
    email: Annotated[str, Doc("The e-mail address, or empty.")]


class InvoiceView(TypedDict):
    invoice_id: Annotated[str, Doc("The invoice's id.")]
    number: Annotated[int, Doc("Its number in the brand's series, without gaps.")]
    document_number: Annotated[
        str, Doc("The number that stands on it, of the year's series; empty on invoices of earlier releases.")
    ]
    brand_id: Annotated[int, Doc("The brand that issued it.")]
    client_id: Annotated[str, Doc("The client who owes it.")]
    order_id: Annotated[str | None, Doc("The order it bills; null if several, or none.")]
    status: Annotated[Literal["open", "paid", "credited"], Doc("Whether it is owed.")]
    total: Annotated[str, Doc("The sum of its lines.")]
    net: Annotated[str, Doc("The total before tax.")]
    tax: Annotated[str, Doc("The tax in the total.")]
    credited: Annotated[str, Doc("What credit notes took off the total.")]
    refunded_there: Annotated[
        str, Doc("What its payment's provider refunded without us, and no credit note stands for.")
    ]
    totals_per_rate: Annotated[list[RateTotalView], Doc("Net amount and tax of each tax rate.")]
    currency: Annotated[str, Doc("ISO 4217 code, such as USD.")]
    seller: Annotated[PartyView | None, Doc("Who sells; null on invoices of earlier releases.")]
    buyer: Annotated[PartyView | None, Doc("Who buys; null on invoices of earlier releases.")]
    notes: Annotated[list[str], Doc("Legal notes, such as that of a reverse charge.")]
    lines: Annotated[list[InvoiceLineView], Doc("What is billed.")]
    transaction_id: Annotated[str | None, Doc("The gateway's payment for it.")]
    payment: Annotated[RecordedPaymentView | None, Doc("A payment outside of the gateway.")]
    issued_at: Annotated[str | None, Doc("When it was issued.")]
    supplied_at: Annotated[str | None, Doc("When the last of its services began.")]
    due_at: Annotated[str | None, Doc("When it is due.")]
    paid_at: Annotated[str | None, Doc("When it was paid.")]


class InvoicesView(TypedDict):
    invoices: Annotated[list[InvoiceView], Doc("The invoices.")]


def invoices_view(found: tuple[Invoice, ...]) -> InvoicesView:
    return {"invoices": [invoice_view(invoice) for invoice in found]}


def invoice_view(invoice: Invoice) -> InvoiceView:
    net, currency = net_cents(invoice.lines), invoice.currency
    return {
        "invoice_id": invoice.invoice_id,
        "number": invoice.number,
        "document_number": invoice.document_number,
        "brand_id": invoice.brand_id,
        "client_id": invoice.client_id,
        "order_id": invoice.order_id,
        "status": invoice.status.value,
        "total": format_cents(invoice.total_cents, currency),
        "net": format_cents(net, currency),
        "tax": format_cents(invoice.total_cents - net, currency),
        "credited": format_cents(invoice.credited_cents, currency),
        "refunded_there": format_cents(invoice.refunded_there_cents, currency),
        "totals_per_rate": [rate_total_view(total, currency) for total in totals_per_rate(invoice.lines)],
        "currency": invoice.currency,
        "seller": _party(invoice.seller),
        "buyer": _party(invoice.buyer),
        "notes": list(invoice.notes),
        "lines": [line_view(line, currency) for line in invoice.lines],
        "transaction_id": invoice.transaction_id,
        "payment": _payment(invoice.payment, currency) if invoice.payment else None,
        "issued_at": iso(invoice.issued_at),
        "supplied_at": iso(invoice.supplied_at),
        "due_at": iso(invoice.due_at),
        "paid_at": iso(invoice.paid_at),
    }


def _party(party: Party | None) -> PartyView | None:
    if party is None:
        return None
    return {
        "name": party.name,
        "attention": party.attention,
        "address": party.address,
        "city": party.city,
        "state": party.state,
        "zip": party.zip,
        "country": party.country,
        "vat_id": party.vat_id,
        "registration": party.registration,
        "email": party.email,
    }


def line_view(line: InvoiceLine, currency: str) -> InvoiceLineView:
    return {
        "service_id": line.service_id,
        "description": line.description,
        "quantity": line.quantity,
        "amount": format_cents(line.amount_cents, currency),
        "tax_name": line.tax_name or None,
        "tax_rate": line.tax_rate or None,
        "vat_check": line.vat_check or None,
    }


def rate_total_view(total: RateTotal, currency: str) -> RateTotalView:
    return {
        "tax_name": total.tax_name or None,
        "tax_rate": total.rate or None,
        "net": format_cents(total.net_cents, currency),
        "tax": format_cents(total.tax_cents, currency),
        "reverse_charge": total.reverse_charge,
    }


def _payment(payment: RecordedPayment, currency: str) -> RecordedPaymentView:
    return {
        "payment_type": payment.payment_type,
        "reference": payment.reference,
        "amount": format_cents(payment.amount_cents, currency),
        "by": payment.by,
        "at": iso(payment.at),
        "returned_reference": payment.returned_reference or None,
        "returned_by": payment.returned_by or None,
        "returned_at": iso(payment.returned_at),
        "returned_parts": payment.returned_parts,
    }
