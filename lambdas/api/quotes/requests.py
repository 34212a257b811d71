"""Requests of quotes and contracts: names, types and defaults of reference/ubersmith.md 3.1 (`api-2.0-methods.json`).

Card numbers and codes are refused before (card_data.py); tokens stand for them.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from lambdas.api.http.parameters import Absent, Amount, Count, Expiry, Flag, OrderRequest, Request
from lambdas.api.quotes.parameters import (
    Address,
    Id,
    Kind,
    LastFour,
    Moment,
    Name,
    Notes,
    Plan,
    Short,
    SignedFile,
    whole,
)
from lambdas.runtime.models import Frozen

_STATUSES = "1 draft, 2 waiting for approval, 4 open, 32 persistent (may be signed again and again)"


class QuoteRequest(Request):
    """A request about one quote."""

    quote_id: Id = Field(description="The quote.")


class QuoteAddRequest(Request):
    """`client.quote_add`."""

    client_id: Id = Field(description="The client it is for.")
    name: Name = Field(description="What the quote is called.")
    owner: Annotated[str, Field(min_length=1, max_length=100)] = Field(description="Who sells it, and owns its order.")
    status: Annotated[Literal[1, 2, 4, 32] | None, BeforeValidator(whole)] = Field(
        default=1, description=f"{_STATUSES}."
    )
    order_queue_id: Annotated[int, Field(gt=0)] = Field(description="Where its order goes; a queue that takes quotes.")
    term: Annotated[Annotated[int, Field(ge=1, le=1_200)] | None, Absent] = Field(
        default=None, description="How long the contract runs, in units of term_type."
    )
    term_type: Annotated[Literal["m", "y"] | None, Absent] = Field(default="m", description="m: months, y: years.")
    expires: Moment = Field(default=None, description="Until when it may be signed: a Unix time, or a date (UTC).")
    notes: Notes = Field(default=None, description="Notes among staff.")
    opportunity_id: Count = Field(default=None, description="The opportunity it belongs to; it lands on the order.")


class QuoteUpdateRequest(QuoteRequest):
    """`client.quote_update`: what is sent is changed, the rest stays."""

    name: Short = Field(default=None, description="What the quote is called.")
    owner: Annotated[Annotated[str, Field(max_length=100)] | None, Absent] = Field(
        default=None, description="Who sells it, and owns its order."
    )
    status: Annotated[Literal[1, 2, 4, 16, 32] | None, BeforeValidator(whole)] = Field(
        default=None, description=f"{_STATUSES}, 16 cancelled."
    )
    expires: Moment = Field(default=None, description="Until when it may be signed: a Unix time, or a date (UTC).")
    notes: Notes = Field(default=None, description="Notes among staff.")


class _Amounts(Frozen):
    price: Amount = Field(default=None, description="What one unit costs; the catalogue's price of now if left out.")
    setup: Amount = Field(default=None, description="Its set-up fee; the catalogue's of now if left out.")
    discount: Amount = Field(default=None, description="What is off the price.")
    discount_type: Kind = Field(default=1, description="Of discount: 1 an amount, 0 a percentage.")
    setup_discount: Amount = Field(default=None, description="What is off the set-up fee.")
    setup_discount_type: Kind = Field(default=1, description="Of setup_discount: 1 an amount, 0 a percentage.")


class QuoteOptionRequest(_Amounts):
    """`options[upgrade_id]`."""

    po_id: Annotated[Annotated[str, Field(max_length=40)] | None, Absent] = Field(
        default=None, description="The option chosen."
    )


Options = Annotated[
    dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")], QuoteOptionRequest],
    BeforeValidator(lambda value: {} if value in ("", [], None, 0, "0") else value),
]


class QuoteServiceAddRequest(_Amounts, QuoteRequest):
    """`client.quote_service_add`."""

    desserv: Annotated[str, Field(max_length=250)] = Field(description="What the service is, such as a host name.")
    plan_id: Plan = Field(description="The service plan; 0 for a service in no catalogue, which needs a price.")
    period: Annotated[int, Field(ge=0, le=120)] = Field(description="Billing period in months; 0: once.")
    quantity: Annotated[
        int, Field(ge=1, le=10_000), BeforeValidator(lambda value: 1 if value in ("", None) else value)
    ] = Field(default=1, description="How many units.")
    bill_type: Kind = Field(default=1, description="1: price is for a month; 0: price is for the whole period.")
    setup_qs: Flag = Field(default=False, description="1: set-up is charged for each unit.")
    options: Options = Field(
        default={}, description="By upgrade id, each with po_id, price (for a month), setup and the discounts."
    )
    notes: Notes = Field(default=None, description="Notes among staff.")


class QuoteGetRequest(QuoteRequest):
    """`client.quote_get`."""

    format: Annotated[Literal["json"] | None, Absent] = Field(default="json", description="json; there is no pdf here.")


class QuoteListRequest(Request):
    """`client.quote_list`."""

    FILTERS = frozenset({"status"})

    client_id: Id = Field(description="The client.")
    status: Count = Field(default=None, description="Only these: the sum of the status values wanted.")


class QuoteSignRequest(QuoteRequest):
    """`client.quote_sign`."""

    signer: Name = Field(description="Name of who signed.")
    signer_ip: Address = Field(description="IP address of who signed.")
    billing_info_id: Annotated[Annotated[str, Field(pattern=r"^(-1|[0-9]{1,18})$")] | None, Absent] = Field(
        default=None, description="How it is paid: a payment method of the client; -1: on account."
    )
    cc_token: Short = Field(default=None, description="A card, by the token that the payment page gave for it.")
    cc_num: LastFour = Field(default=None, description="Last four digits of the card.")
    cc_exp: Expiry = Field(default=None, description="When the card expires, MMYY; 12/2030 and the like are read too.")
    ach_token: Short = Field(default=None, description="A bank account, by the token that the payment page gave.")
    ach_acct: LastFour = Field(default=None, description="Last four digits of the account.")
    ach_aba: Short = Field(default=None, description="Routing number; the token knows it, so it is not kept.")
    ach_type: Annotated[Literal["C", "S"] | None, Absent] = Field(default=None, description="C checking, S savings.")
    ach_bank: Annotated[Annotated[str, Field(max_length=40)] | None, Absent] = Field(
        default=None, description="Name of the bank."
    )
    total: Amount = Field(
        default=None,
        description="ours: the total that the signer was shown, as `total` of the quote, before tax. If the quote comes to "
        "another sum, nothing is signed and the call is refused with both (`total_differs`).",
    )
    contract: SignedFile = Field(
        default=None, description="The signed contract, as a file of a multipart/form-data body."
    )
    first: Short = Field(default=None, description="Instead of the client's first name, on this order.")
    last: Short = Field(default=None, description="Instead of the client's last name, on this order.")
    email: Short = Field(default=None, description="Instead of the client's e-mail address, on this order.")
    company: Short = Field(default=None, description="Instead of the client's company, on this order.")
    address: Short = Field(default=None, description="Instead of the client's address, on this order.")
    city: Short = Field(default=None, description="Instead of the client's city, on this order.")
    state: Short = Field(default=None, description="Instead of the client's state, on this order.")
    zip: Annotated[Annotated[str, Field(max_length=20)] | None, Absent] = Field(
        default=None, description="Instead of the client's postal code, on this order."
    )
    country: Annotated[Annotated[str, Field(max_length=100)] | None, Absent] = Field(
        default=None, description="Instead of the client's country, on this order: ISO 3166 code, or English name."
    )
    phone: Annotated[Annotated[str, Field(max_length=40)] | None, Absent] = Field(
        default=None, description="Instead of the client's telephone number, on this order."
    )


class DiffContractRequest(OrderRequest):
    """`order.diff_contract`."""
