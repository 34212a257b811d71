"""The request of `client.update`: the parameters of `client.add`, of which each changes something only if it is sent."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from lambdas.api.clients.requests import Active, Brand, ClientAddRequest, Country, Name, Setting
from lambdas.api.http.parameters import Flag, Info, MaybeFlag, Password, Text
from lambdas.orders.contact.fields import CONTACT_FIELDS

CLEARED = (*CONTACT_FIELDS, "uber_login")


def _as_added(name: str) -> Any:
    return Field(default=None, description=ClientAddRequest.model_fields[name].description)


def _names(text: str | None) -> str | None:
    unknown = set(names_in(text)) - set(CLEARED)
    if unknown:
        raise ValueError(f"can name {', '.join(CLEARED)}, separated by commas")
    return text


def names_in(text: str | None) -> tuple[str, ...]:
    return tuple(name for part in (text or "").split(",") if (name := part.strip()))


class ClientUpdateRequest(ClientAddRequest):
    """`client.update`. What is not sent, or empty, stays as it is."""

    client_id: Name = Field(description="The client, by id or login name.")
    first: Text = _as_added("first")
    last: Text = _as_added("last")
    company: Text = _as_added("company")
    email: Text = _as_added("email")
    address: Text = _as_added("address")
    city: Text = _as_added("city")
    state: Text = _as_added("state")
    zip: Text = _as_added("zip")
    country: Country = _as_added("country")
    phone: Text = _as_added("phone")
    fax: Text = _as_added("fax")
    login_enabled: MaybeFlag = _as_added("login_enabled")  # type: ignore[assignment]  # here it may stay as it is
    uber_login: Text = Field(default=None, description="Login name, unique in its brand; a taken one is refused.")
    uber_pass: Password = _as_added("uber_pass")
    grace_due: Setting = _as_added("grace_due")
    prebill_method: Setting = _as_added("prebill_method")
    prebill_days: Setting = _as_added("prebill_days")
    charge_days: Setting = _as_added("charge_days")
    datesend: Setting = _as_added("datesend")
    datedue: Setting = _as_added("datedue")
    datepay: Setting = _as_added("datepay")
    discount: Setting = _as_added("discount")
    discount_type: Setting = _as_added("discount_type")
    referred: Text = _as_added("referred")
    active: Active = _as_added("active")
    late_fee_scheme_id: Setting = _as_added("late_fee_scheme_id")
    apply_latefee_on_latefees: Setting = _as_added("apply_latefee_on_latefees")
    default_renew: Setting = _as_added("default_renew")
    invoice_delivery: Setting = _as_added("invoice_delivery")
    prorate_min_days: Setting = _as_added("prorate_min_days")
    brand_id: Brand = Field(default=None, description="The client's brand; it cannot be another one.")
    retry_every: Setting = _as_added("retry_every")
    priority: Setting = _as_added("priority")
    access: Info = Field(default={}, description="What its login may use: names with 0 or 1; others stay as they are.")
    strict: Flag = Field(default=False, description="Changes nothing here: a login name that is taken is refused.")
    auto_apply_credit: Setting = _as_added("auto_apply_credit")
    vat_id: Text = _as_added("vat_id")
    clear: Annotated[Text, AfterValidator(_names)] = Field(
        default=None, description="ours: names of contact fields to empty, separated by commas."
    )
