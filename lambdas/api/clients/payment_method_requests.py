"""Requests of a client's payment methods: names, types and defaults of reference/ubersmith.md 4.9
(`api-2.0-methods.json`). Tokens stand for card numbers, which are refused before (card_data.py)."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from lambdas.api.clients.requests import Country, Name
from lambdas.api.http.parameters import (
    Absent,
    Count,
    Direction,
    Expiry,
    Flag,
    Limit,
    Request,
    Text,
)

Gateway3DS = Annotated[dict[str, Any], BeforeValidator(lambda value: {} if value in ("", [], None) else value)]


class _Holder(Request):
    """Whose the card or account is."""

    fname: Text = Field(default=None, description="First name of its holder.")
    lname: Text = Field(default=None, description="Last name of its holder.")
    company: Text = Field(default=None, description="Company of its holder.")
    address: Text = Field(default=None, description="Street and number of its holder.")
    city: Text = Field(default=None, description="City of its holder.")
    state: Text = Field(default=None, description="State or province of its holder.")
    zip: Text = Field(default=None, description="Postal code of its holder.")
    country: Country = Field(default=None, description="Country of its holder: ISO 3166 code, or English name.")
    phone: Text = Field(default=None, description="Telephone number of its holder.")
    email: Text = Field(default=None, description="E-mail address of its holder.")
    set_default: Flag = Field(default=False, description="1: pay by this one from now on.")

    def holder(self) -> dict[str, str]:
        stated = self.model_dump(include=set(_Holder.model_fields) - {"set_default"}, exclude_none=True)
        return {name: str(value) for name, value in stated.items()}


class CardAddRequest(_Holder):
    """`client.cc_add`."""

    client_id: Name = Field(description="The client, by id or login name.")
    cc_num: Annotated[str, Field(pattern=r"^[0-9]{4}$")] = Field(description="The last four digits; more are refused.")
    cc_expire: Expiry = Field(default=None, description="Expiry, MMYY; 12/2030 and the like are read too.")
    cc_cvv2: Text = Field(default=None, description="Refused: a card code may not be sent here.")
    country: Annotated[str, Field(min_length=2, max_length=100)] = Field(
        description="Country of its holder: ISO 3166 code, or English name."
    )
    cc_token: Name = Field(description="The token the payment page gave for the card.")
    cc_type: Text = Field(default=None, description="The card's brand, such as visa or mastercard.")
    threedsecure: Gateway3DS = Field(default={}, description="Not needed: a card is authenticated when it pays.")


class AccountAddRequest(_Holder):
    """`client.ach_add`."""

    user_login: Name = Field(description="The client, by login name or id.")
    ach_acct: Annotated[str, Field(pattern=r"^[0-9]{4}$")] = Field(
        description="The last four digits of the account number; more are refused."
    )
    ach_aba: Text = Field(default=None, description="Routing number; the token knows it, so it is not kept.")
    ach_type: Annotated[Literal["C", "S"] | None, Absent] = Field(default=None, description="C checking, S savings.")
    ach_bank: Text = Field(default=None, description="Name of the bank.")
    ach_token: Name = Field(description="ours: the token the payment page gave for the account.")


class PaymentMethodListRequest(Request):
    """`client.payment_method_list`."""

    SORTED_BY = frozenset({"billing_info_id", "payment_type"})

    client_id: Name = Field(description="The client, by id or login name.")
    order_by: Annotated[Literal["billing_info_id", "payment_type"] | None, Absent] = Field(
        default=None, description="What to sort by; billing_info_id if not stated."
    )
    direction: Direction = Field(default="asc", description="asc or desc.")
    offset: Count = Field(default=0, description="How many to leave out at the beginning.")
    limit: Limit = Field(default=None, description="How many at most.")


class StoredMethodRequest(Request):
    """`client.payment_method_default`, `client.payment_method_remove`. Both are ours."""

    client_id: Name = Field(description="The client, by id or login name.")
    billing_info_id: Name = Field(description="The payment method, as client.payment_method_list names it.")
