"""`ContractSigned`, version 1: what a sales system says when a contract was signed.

The JSON Schema is docs/events/ContractSigned.v1.json, made from this model (`python -m infra.generate.event_schemas`). A contract
either says all that was signed, or names a quote that is kept here (`quote_id`), which says it.

Longer than 200 lines, because it is one document with all its parts.
"""

import hashlib
import json
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field, model_validator

from lambdas.orders.contact.places import country
from lambdas.orders.contact.text import line, lines
from lambdas.orders.model.money import parse_cents
from lambdas.orders.model.packs import MAX_PACKS, MAX_QUANTITY
from lambdas.records.clients.card_expiry import readable_expiry
from lambdas.records.quotes.service import QuotedOption, QuotedService
from lambdas.runtime.models import Frozen

VERSION = 1

Name = Annotated[str, Field(max_length=250), AfterValidator(line)]
Country = Annotated[str, Field(max_length=100), AfterValidator(country)]
Text = Annotated[str, Field(max_length=1_000), AfterValidator(lines)]
Key = Annotated[str, Field(min_length=1, max_length=200)]
Id = Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]
Upgrade = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
Expiry = Annotated[str, BeforeValidator(lambda typed: readable_expiry(typed) or "")]
Amount = Annotated[
    str,
    Field(pattern=r"^\d{1,10}(\.\d{1,4})?$", description="An amount in what the brand sells in, such as 19.95."),
]


class _Strict(Frozen):
    """Unknown fields are refused, because a misspelt price must not count as none."""

    model_config = ConfigDict(extra="forbid")


class _Priced(_Strict):
    price: Amount = Field(description="Of one unit for a period (an option: for a month), before the discount.")
    setup: Amount = Field(default="0", description="Of one unit, once, before the discount.")
    discount: Amount = Field(default="0", description="What is off the price, as an amount.")
    setup_discount: Amount = Field(default="0", description="What is off the set-up fee, as an amount.")

    def cents(self, currency: str) -> dict[str, int]:
        """Raises MoneyError."""
        return {
            f"{name}_cents": parse_cents(getattr(self, name), currency)
            for name in ("price", "setup", "discount", "setup_discount")
        }


class ContractOption(_Priced):
    """A choice within an upgrade of the plan."""

    option_id: Upgrade | None = Field(default=None, description="The option chosen; none for one that is only priced.")


class ContractService(_Priced):
    """One service that was signed."""

    plan_id: Id | None = Field(default=None, description="The service plan; none for a service in no catalogue.")
    description: Name = Field(default="", description="What it is, such as a host name.")
    period: int = Field(ge=0, le=120, description="Billing period in months; 0: once.")
    quantity: int = Field(default=1, ge=1, le=MAX_QUANTITY, description="How many units.")
    setup_per_unit: bool = Field(default=False, description="Set-up is charged for each unit, not once for all.")
    options: dict[Upgrade, ContractOption] = Field(default={}, max_length=50, description="By upgrade id.")

    def quoted(self, currency: str) -> QuotedService:
        """Raises ValueError for a discount that is more than its price, or an amount that the currency has not."""
        options = {
            upgrade: QuotedOption(option_id=option.option_id or "", **option.cents(currency))
            for upgrade, option in self.options.items()
        }
        stated = self.model_dump(include={"description", "period", "quantity", "setup_per_unit"})
        return QuotedService(plan_id=self.plan_id or "", options=options, **stated, **self.cents(currency))


class ContractSigner(_Strict):
    """The person who signed."""

    name: Annotated[str, Field(min_length=1, max_length=250), AfterValidator(line)]
    email: Name = ""
    ip: Annotated[str, Field(max_length=45)] = ""


class ContractContact(_Strict):
    """The client, where the contract is a new client's."""

    first: Name = ""
    last: Name = ""
    company: Name = ""
    email: Name = ""
    address: Name = ""
    city: Name = ""
    state: Name = ""
    zip: Annotated[str, Field(max_length=20)] = ""
    country: Country = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    fax: Annotated[str, Field(max_length=40)] = ""
    vat_id: Annotated[str, Field(max_length=40)] = ""


class ContractPayment(_Strict):
    """How it is paid: by a method the client has, by a payment page's token, or on account. Never a card number."""

    billing_info_id: Id | None = Field(default=None, description="A payment method of the client.")
    payment_type: Literal["cc", "ach", "paypal", "check", "wire", "invoice"] | None = None
    token: Annotated[str, Field(min_length=1, max_length=250)] | None = Field(
        default=None, description="The token that the payment page gave for the card or account."
    )
    brand: Annotated[str, Field(max_length=40)] = Field(
        default="", description="Of the card, such as Visa; an account's bank."
    )
    last_four: Annotated[str, Field(pattern=r"^([0-9]{4})?$")] = Field(default="", description="Of card or account.")
    expiry: Expiry = Field(default="", description="Of the card, MMYY.")
    account_type: Literal["", "C", "S"] = Field(default="", description="Of the account: C checking, S savings.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_token = self.payment_type in ("cc", "ach", "paypal")
        if self.billing_info_id and (self.payment_type or self.token):
            raise ValueError("name a billing_info_id, or a payment_type, not both")
        if by_token != (self.token is not None):
            raise ValueError("a token goes with the payment_type cc, ach or paypal, and these need one")
        return self

    def info(self) -> dict[str, str]:
        """By the names of the order's `info`."""
        if self.billing_info_id:
            return {"billing_info_id": self.billing_info_id}
        if self.payment_type is None:
            return {}
        if self.token is None:
            return {"payment_type": self.payment_type}
        kind = self.payment_type
        stated = {f"{kind}_token": self.token}
        if kind == "cc":
            stated |= {"cc_num": self.last_four, "cc_type": self.brand, "cc_expire": self.expiry}
        if kind == "ach":
            stated |= {"ach_acct": self.last_four, "ach_bank": self.brand, "ach_type": self.account_type}
        return {"payment_type": self.payment_type, **{key: value for key, value in stated.items() if value}}


class ContractDocument(_Strict):
    """The signed document, which stays where it is."""

    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = Field(default="", description="Hexadecimal.")
    reference: Name = Field(default="", description="Where its keeper finds it.")


class ContractSigned(_Strict):
    """The detail of the event `ContractSigned`, and what a signed webhook of the provider `generic` carries."""

    version: Literal[1] = 1
    contract_id: Key | None = Field(default=None, description="The contract; left out where quote_id is named.")
    signature_id: Key = Field(
        description="This signature; contract and signature make one order, however often it is sent."
    )
    signed_at: AwareDatetime = Field(description="When it was signed, ISO 8601 with its zone.")
    signer: ContractSigner
    document: ContractDocument = ContractDocument()
    payment: ContractPayment = ContractPayment()
    total: Amount | None = Field(
        default=None,
        description="What the signed document says is charged first, before tax; refused if the services come to another sum.",
    )
    quote_id: Id | None = Field(default=None, description="The quote that was signed; it says all that is below.")
    order_queue_id: Annotated[int, Field(gt=0)] | None = Field(default=None, description="It must allow quotes.")
    brand_id: Annotated[int, Field(gt=0)] | None = Field(default=None, description="The queue's own if left out.")
    client_id: Id | None = Field(default=None, description="The client; or contact, for a new one.")
    contact: ContractContact | None = Field(default=None, description="Beside a quote: instead of the client's data.")
    services: tuple[ContractService, ...] = Field(default=(), max_length=MAX_PACKS)
    owner: Annotated[str, Field(max_length=100)] = Field(default="", description="Who sold it, and acts on it.")
    opportunity_id: Annotated[int, Field(ge=0, le=2**53)] = 0
    persistent: bool = Field(default=False, description="It may be signed again, each time for a new order.")
    term_months: Annotated[int, Field(ge=1, le=1_200)] | None = None

    @model_validator(mode="after")
    def _says_it_once(self) -> Self:
        stated = self.model_fields_set - _OF_THE_SIGNATURE
        if self.quote_id and stated:
            raise ValueError(f"the quote says {', '.join(sorted(stated))}: leave them out, or leave out quote_id")
        if not self.quote_id and not (self.contract_id and self.order_queue_id and self.services):
            raise ValueError("contract_id, order_queue_id and services are needed, or a quote_id")
        if not self.quote_id and (self.client_id is None) == (self.contact is None):
            raise ValueError("client_id is needed, or contact; not both")
        return self

    def total_cents(self, currency: str) -> int | None:
        """Raises MoneyError."""
        return None if self.total is None else parse_cents(self.total, currency)

    def content_hash(self) -> str:
        """The same for every delivery of a signature, even if a repeated delivery gives another time."""
        stated = self.model_dump(mode="json", exclude={"signed_at"}, exclude_defaults=True)
        return hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()


# A quote says the rest; contact data beside it takes the place of the client's on this order.
_OF_THE_SIGNATURE = {
    "version", "signature_id", "signed_at", "signer", "document", "payment", "total", "quote_id", "contact",
}  # fmt: skip
