"""Requests of clients: names, types and defaults of reference/ubersmith.md 4.9
(`api-2.0-methods.json`). Card numbers and codes are refused before (card_data.py); tokens stand for them."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from lambdas.api.http.parameters import (
    MAX_TEXT,
    Absent,
    Count,
    Direction,
    Flag,
    Info,
    Limit,
    ParameterError,
    Password,
    Reference,
    Request,
    Text,
)
from lambdas.records.clients.settings import OF_THE_INSTALLATION

META = "meta_"
FIELD_DEFAULT = OF_THE_INSTALLATION

Country = Annotated[Annotated[str, Field(max_length=100)] | None, Absent]
Name = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
Setting = Annotated[Annotated[str, Field(max_length=50)] | None, Absent]


def _brand(value: Any) -> Any:
    return None if value in ("", FIELD_DEFAULT, 0, "0") else value


Brand = Annotated[Annotated[int, Field(gt=0)] | None, BeforeValidator(_brand)]


def _active(value: Any) -> Any:
    return None if value == "" else int(value) if value in ("1", "2") else value


Active = Annotated[Literal[1, 2] | None, BeforeValidator(_active)]


class ClientAddRequest(Request):
    """`client.add`. Billing settings are kept as they are sent."""

    first: Text = Field(default=None, description="First name.")
    last: Text = Field(default=None, description="Last name.")
    company: Text = Field(default=None, description="Company.")
    email: Text = Field(default=None, description="E-mail address.")
    address: Text = Field(default=None, description="Street and number.")
    city: Text = Field(default=None, description="City.")
    state: Text = Field(default=None, description="State or province.")
    zip: Text = Field(default=None, description="Postal code.")
    country: Country = Field(default=None, description="Country: ISO 3166 code of two letters, or English name.")
    phone: Text = Field(default=None, description="Telephone number.")
    fax: Text = Field(default=None, description="Fax number.")
    login_enabled: Flag = Field(default=True, description="Whether the client may log in.")
    uber_login: Text = Field(default=None, description="Login name, unique in its brand; without one the id logs in.")
    uber_pass: Password = Field(default=None, description="Password; hashed when it arrives and never answered.")
    grace_due: Setting = Field(
        default="0", description="0: due some days after the invoice; 1: due on a day of the month."
    )
    prebill_method: Setting = Field(default=None, description="How far ahead services are billed; kept.")
    prebill_days: Setting = Field(default=None, description="Days of prebill_method; kept.")
    charge_days: Setting = Field(default=FIELD_DEFAULT, description="Days between an invoice and its charge; kept.")
    datesend: Setting = Field(default=FIELD_DEFAULT, description="Day of the month invoices are sent; kept.")
    datedue: Setting = Field(default=FIELD_DEFAULT, description="Day of the month invoices are due; kept.")
    datepay: Setting = Field(default=FIELD_DEFAULT, description="Days until an invoice is due.")
    discount: Setting = Field(default="0", description="The client's usual discount; kept.")
    discount_type: Setting = Field(default="0", description="Of discount: 0 percent, 1 amount; kept.")
    referred: Text = Field(default=None, description="Who referred the client.")
    active: Active = Field(default=1, description="1: a client; 2: a lead.")
    late_fee_scheme_id: Setting = Field(default=FIELD_DEFAULT, description="Schedule of late fees; kept.")
    apply_latefee_on_latefees: Setting = Field(default="0", description="1: late fees on late fees; kept.")
    default_renew: Setting = Field(
        default=None,
        description="Day of the month on which new services renew, 1 to 31. Until then they are charged by the day. 0: none.",
    )
    invoice_delivery: Setting = Field(default=None, description="ours: day of the month for invoices; kept.")
    prorate_min_days: Setting = Field(
        default=None, description="Fewer days than these until then are charged with the period that follows."
    )
    brand_id: Brand = Field(default=None, description="The client's brand; the installation's first one if not stated.")
    retry_every: Setting = Field(default=FIELD_DEFAULT, description="Days between tries of a declined charge; kept.")
    priority: Setting = Field(
        default="1", description="Of the client's tickets: 0 low, 1 normal, 2 high, 3 urgent; kept."
    )
    access: Info = Field(default={}, description="What the client's login may use, as a map of names to 0 or 1.")
    strict: Flag = Field(
        default=False,
        description="A login name that is taken: 1 refuses the call; 0 makes the client without a login name.",
    )
    meta: dict[str, Text] = Field(default={}, alias=f"{META}*", description="Custom fields: any number of meta_<name>.")
    auto_apply_credit: Setting = Field(default=None, description="Whether credits are applied automatically; kept.")
    vat_id: Text = Field(default=None, description="Tax number.")

    @classmethod
    def takes(cls, name: str) -> bool:
        return name.startswith(META) and name not in (META, f"{META}*")

    @model_validator(mode="before")
    @classmethod
    def _gather_custom_fields(cls, sent: Any) -> Any:
        custom = {name.removeprefix(META): value for name, value in sent.items() if cls.takes(name)}
        return {**{name: value for name, value in sent.items() if not name.startswith(META)}, f"{META}*": custom}


class ClientGetRequest(Request):
    """`client.get`."""

    client_id: Reference = Field(default=None, description="The client, by its id; or by user_login or email.")
    user_login: Text = Field(default=None, description="The client, by its login name.")
    email: Text = Field(default=None, description="The client, by its e-mail address; the first one that has it.")
    metadata: Flag = Field(default=False, description="1: with custom fields.")
    allclients: Flag = Field(default=False, description="Clients cannot be deactivated here, so this changes nothing.")
    tags: Flag = Field(default=False, description="1: with tags, of which clients have none here.")
    acls: Flag = Field(default=False, description="1: with what its login may use.")

    @model_validator(mode="after")
    def _one_of_them(self) -> "ClientGetRequest":
        if not (self.client_id or self.user_login or self.email):
            raise ParameterError(
                "client_id", "parameter not supplied; name the client by client_id, user_login or email"
            )
        return self


class ServiceListRequest(Request):
    """`client.service_list`: services of a client, of an order, or of both."""

    FILTERS = frozenset({"client_id", "order_id"})
    SORTED_BY = frozenset({"service_id"})

    client_id: Reference = Field(default=None, description="The client whose services are wanted.")
    order_id: Reference = Field(default=None, description="ours: only services that this order made.")
    direction: Direction = Field(default="asc", description="By service id: asc or desc.")
    offset: Count = Field(default=0, description="How many to leave out at the beginning.")
    limit: Limit = Field(default=None, description="How many at most.")

    @model_validator(mode="after")
    def _one_of_both(self) -> "ServiceListRequest":
        if not (self.client_id or self.order_id):
            raise ParameterError("client_id", "parameter not supplied; name a client, or an order by order_id")
        return self
