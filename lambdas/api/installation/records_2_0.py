"""Methods, version, logins and service plans as API 2.0 answers them (reference/ubersmith.md 3.3, 4.9)."""

from typing import Any

from lambdas.api.http.values_2_0 import as_text
from lambdas.api.installation.description import NamedMethod, described
from lambdas.catalog.plan import Option, Plan, Price
from lambdas.orders.model.money import format_cents
from lambdas.records.clients.client import Client

API_LABELS = {0: "one_time", 1: "monthly", 3: "quarterly", 6: "semi", 12: "annual"}


def method_list(found: tuple[NamedMethod, ...]) -> dict[str, str]:
    """Titles by method."""
    return {named.name: named.method.title for named in found}


def method(named: NamedMethod) -> dict[str, Any]:
    """The method with its parameters."""
    return dict(described(named))


def system_info(version: str) -> dict[str, str]:
    """The version; it knows of no later one than itself."""
    return {"version": version, "latest_version": version}


def login(client: Client) -> dict[str, Any]:
    """Whose login it is."""
    return {
        "type": "client",
        "client_id": client.client_id,
        "class_id": str(client.brand_id),
        "login": client.uber_login or client.client_id,
        "first": client.first,
        "last": client.last,
        "email": client.email,
        "fullname": f"{client.first} {client.last}".strip(),
        "active": str(int(client.active)),
        "access": client.access or [],
    }


def plan(found: Plan) -> dict[str, Any]:
    """The service plan with its prices by period and its upgrades."""
    period = min(found.pricing, key=lambda each: (each != 1, each))  # the monthly one, as in pricing without a period
    return {
        "plan_id": found.plan_id,
        "class_id": "0",
        "title": found.title,
        "code": found.code,
        "price": format_cents(found.pricing[period].price, found.currency),
        "setup": format_cents(found.pricing[period].setup, found.currency),
        "period": str(period),
        "api_include": "1",
        "allow_quotes": "0",
        "auto_bill": "1",
        "active": "1",
        "quantity": "1",
        "pricing": {str(months): _price(months, price, found.currency) for months, price in found.pricing.items()},
        "upgrades": {key: _upgrade(found, key, place) for place, key in enumerate(found.upgrades, start=1)} or [],
        "taxes": [],
        "notes": "",
        "metadata": [],
    }


def _upgrade(found: Plan, key: str, priority: int) -> dict[str, Any]:
    upgrade = found.upgrades[key]
    return {
        "spg_id": key,
        "spg_plan_id": found.plan_id,
        "spg_name": upgrade.name,
        "spg_desc": upgrade.description,
        "spg_status": "1",
        "spg_priority": str(priority),
        "spg_data": upgrade.data or [],
        "variable": upgrade.known_variable,
        "options": {
            spo_id: {
                "spo_id": spo_id,
                "spo_group_id": key,
                "spo_priority": str(number),
                "spo_default": as_text(spo_id == upgrade.default),
                **_option(option, found),
            }
            for number, (spo_id, option) in enumerate(upgrade.options.items(), start=1)
        },
    }


def plans(found: tuple[Plan, ...]) -> Any:
    """Service plans by their id; `[]` if there are none."""
    return {each.plan_id: plan(each) for each in found} or []


def _price(months: int, price: Price, currency: str) -> dict[str, str]:
    return {
        "period": str(months),
        "api_label": API_LABELS.get(months, f"{months}_months"),
        "price": format_cents(price.price, currency),
        "setup_fee": format_cents(price.setup, currency),
    }


def _option(option: Option, found: Plan) -> dict[str, Any]:
    """An option's price is per month; in `pricing` it is that of the whole period."""
    whole = {months: option.model_copy(update={"price": option.price * max(months, 1)}) for months in found.pricing}
    return {
        "spo_description": option.name,
        "spo_desc": option.description,
        "spo_status": "1",
        "spo_price": format_cents(option.price, found.currency),
        "spo_setup_fee": format_cents(option.setup, found.currency),
        "spo_val": option.known_value,
        "spo_data": option.data or [],
        "pricing": {str(months): _price(months, price, found.currency) for months, price in whole.items()},
    }
