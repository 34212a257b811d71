"""Requests of invoices: names, types and defaults of reference/ubersmith.md 4.9 (`api-2.0-methods.json`)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from lambdas.api.clients.payment_method_requests import Gateway3DS
from lambdas.api.clients.requests import Name
from lambdas.api.http.parameters import (
    AS_AMOUNT,
    Absent,
    Count,
    Direction,
    Flag,
    Limit,
    Reference,
    Request,
    Text,
    UnixTime,
    or_null,
)
from lambdas.api.http.parameters import (
    Amount as MaybeAmount,
)
from lambdas.orders.model.money import stated_amount
from lambdas.records.invoices.invoice import CreditReason
from lambdas.runtime.models import Frozen

INVOICE_ID = r"^[0-9]{10,24}$"


def _included(value: Any) -> Any:
    """A map of id -> 1, or 0 for none at all (reference/ubersmith.md 4.9)."""
    if value in ("", None):
        return None
    if value in (0, "0", False, [], {}):
        return frozenset()
    return frozenset(str(key) for key, flag in value.items() if str(flag) not in ("0", "")) if _is_map(value) else value


def _is_map(value: Any) -> bool:
    return isinstance(value, Mapping)


Included = Annotated[
    frozenset[str] | None,
    BeforeValidator(_included),
    or_null({"type": "object", "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 1}}),
]
InvoiceId = Annotated[str, Field(pattern=INVOICE_ID)]
Amount = Annotated[Decimal, BeforeValidator(stated_amount), WithJsonSchema({"anyOf": [*AS_AMOUNT]})]
PaymentReference = Annotated[
    str,
    BeforeValidator(lambda value: " ".join(value.split()) if isinstance(value, str) else value),
    Field(min_length=1, max_length=200),
]


class InvoiceListRequest(Request):
    """`client.invoice_list`."""

    SORTED_BY = frozenset({"invoice_id"})

    client_id: Name = Field(description="The client, by id or login name.")
    direction: Direction = Field(default="asc", description="By number: asc or desc.")
    offset: Count = Field(default=0, description="How many to leave out at the beginning.")
    limit: Limit = Field(default=None, description="How many at most.")


class InvoiceGetRequest(Request):
    """`client.invoice_get`."""

    invoice_id: InvoiceId = Field(description="The invoice, by the id that client.invoice_list names it by.")


class InvoicePdfGetRequest(InvoiceGetRequest):
    """`client.invoice_pdf_get`, ours."""

    credit_note: Text = Field(
        default=None, description="One of its credit notes instead, by the number that stands on it."
    )


class InvoiceXmlGetRequest(InvoicePdfGetRequest):
    """`client.invoice_xml_get`, ours."""


class InvoiceGenerateRequest(Request):
    """`client.invoice_generate`."""

    client_id: Name = Field(description="The client, by id or login name.")
    command: Annotated[Literal["charge", "charge_prior_auth"] | None, Absent] = Field(
        default=None,
        description="charge: charge the default payment method; charge_prior_auth: take the money that is held already.",
    )
    duedate: UnixTime = Field(default=None, description="When it is due, in Unix seconds.")
    pre_bill: Text = Field(default=None, description="Services are invoiced once, so nothing is billed ahead.")
    trans_id: Text = Field(
        default=None, description="With charge_prior_auth: the transaction in which the money is held."
    )
    skip_notification: Flag = Field(default=False, description="No mail is sent for an invoice here.")
    include_packs: Included = Field(
        default=None, description="Only these services: a map of service id to 1, or 0 for none. Default: all."
    )
    include_prebills: Included = Field(default=None, description="There are no services billed ahead here.")
    include_credits: Included = Field(default=None, description="There are no credits to include here.")


class InvoiceChargeRequest(Request):
    """`client.invoice_charge`. The whole invoice is charged, or nothing of it."""

    inv_id: InvoiceId = Field(description="The invoice.")
    payment_type: Annotated[Literal["cc", "ach", "paypal"] | None, Absent] = Field(
        default="cc", description="What is charged: cc a card, ach a bank account; ours: paypal."
    )
    billing_info_id: Reference = Field(
        default=None,
        description="The client's payment method; the default one if not stated, if it is of payment_type.",
    )
    paid_in_full: Text = Field(default=None, description="Invoices are paid in full only.")
    package: Text = Field(default=None, description="Invoices are paid in full only.")
    tax: Text = Field(default=None, description="Invoices are paid in full only.")
    threedsecure: Gateway3DS = Field(
        default={}, description="Not used: a card whose holder must confirm the payment is refused."
    )


class PaymentAddRequest(Request):
    """`client.payment_add`, ours. The whole invoice is paid, or nothing of it."""

    inv_id: InvoiceId = Field(description="The invoice.")
    amount: Amount = Field(description="What came, in the invoice's currency: exactly what is due on it.")
    payment_type: Literal["wire", "check", "cash", "other"] = Field(description="How it came.")
    reference: PaymentReference = Field(
        description="What the bank, the cheque or the receipt calls it, so that it can be found again."
    )


class LineCreditRequest(Frozen):
    """`lines[number]`."""

    amount: MaybeAmount = Field(
        default=None, description="What of it is credited, before tax; all that is left if left out."
    )
    reason: CreditReason = Field(description="Why.")
    text: Text = Field(default=None, description="Why, in words that stand on the note.")


CreditedLines = Annotated[
    dict[Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}$")], LineCreditRequest],
    BeforeValidator(lambda value: {} if value in ("", [], None) else value),
    Field(min_length=1, max_length=100),
]


class InvoiceCreditRequest(Request):
    """`client.invoice_credit`, ours."""

    inv_id: InvoiceId = Field(description="The invoice.")
    lines: CreditedLines = Field(description="By the number of the line, from 1: what of it is credited, and why.")
    reference: PaymentReference = Field(
        description="What you call this credit. The same call again credits and refunds nothing more."
    )


class PaymentRefundRequest(Request):
    """`client.payment_refund`, for payments recorded by hand. The gateway refunds its own automatically."""

    inv_id: InvoiceId = Field(description="The invoice, which was credited.")
    reference: PaymentReference = Field(description="What the bank, the cheque or the receipt calls the refund.")
    order_id: Reference = Field(
        default=None,
        description="Whose part went back, where several orders of the invoice were canceled; its amount is exactly that part.",
    )
