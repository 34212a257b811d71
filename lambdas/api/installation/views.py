"""Methods, version, logins and service plans as new callers get them."""

from typing import Literal, TypedDict

from lambdas.api.installation.description import MethodDescription, NamedMethod, described
from lambdas.catalog.plan import Plan
from lambdas.orders.model.money import format_cents
from lambdas.records.clients.client import Client


class MethodTitleView(TypedDict):
    method: str
    title: str


class MethodsView(TypedDict):
    methods: list[MethodTitleView]


class SystemView(TypedDict):
    version: str
    latest_version: str


class LoginView(TypedDict):
    """Whose login it is. `access`: what it may use, by name."""

    type: Literal["client"]
    client_id: str
    brand_id: int
    login: str
    first: str
    last: str
    email: str
    access: dict[str, str]


class PriceView(TypedDict):
    """`period` in months, 0 for once; `price` is for each period, `setup` once."""

    period: int
    price: str
    setup: str


class OptionView(TypedDict):
    """`price` is per month. `value`: what programs know it by; `description` and `data`: for whoever shows it."""

    option_id: str
    name: str
    value: str
    description: str
    data: dict[str, str]
    price: str
    setup: str


class UpgradeView(TypedDict):
    """A service has one of the options; `default` is taken where nobody chose. `variable`: what programs know it by."""

    upgrade_id: str
    name: str
    variable: str
    description: str
    data: dict[str, str]
    default: str
    options: list[OptionView]


class PlanView(TypedDict):
    """`needs`: what has to be said with it, or it is not sold: domain, a domain name per unit as info.packN.desserv."""

    plan_id: str
    title: str
    code: str
    pricing: list[PriceView]
    needs: list[str]
    upgrades: list[UpgradeView]


class PlansView(TypedDict):
    plans: list[PlanView]


def methods_view(found: tuple[NamedMethod, ...]) -> MethodsView:
    return {"methods": [{"method": named.name, "title": named.method.title} for named in found]}


def method_view(named: NamedMethod) -> MethodDescription:
    return described(named)


def system_view(version: str) -> SystemView:
    return {"version": version, "latest_version": version}


def login_view(client: Client) -> LoginView:
    return {
        "type": "client",
        "client_id": client.client_id,
        "brand_id": client.brand_id,
        "login": client.uber_login or client.client_id,
        "first": client.first,
        "last": client.last,
        "email": client.email,
        "access": client.access,
    }


def plans_view(found: tuple[Plan, ...]) -> PlansView:
    return {"plans": [plan_view(plan) for plan in found]}


def plan_view(plan: Plan) -> PlanView:
    return {
        "plan_id": plan.plan_id,
        "title": plan.title,
        "code": plan.code,
        "pricing": [
            {"period": months, "price": format_cents(price.price), "setup": format_cents(price.setup)}
            for months, price in plan.pricing.items()
        ],
        "needs": list(plan.needs),
        "upgrades": [
            {
                "upgrade_id": key,
                "name": upgrade.name,
                "variable": upgrade.known_variable,
                "description": upgrade.description,
                "data": upgrade.data,
                "default": upgrade.default,
                "options": [
                    {
                        "option_id": option_id,
                        "name": option.name,
                        "value": option.known_value,
                        "description": option.description,
                        "data": option.data,
                        "price": format_cents(option.price),
                        "setup": format_cents(option.setup),
                    }
                    for option_id, option in upgrade.options.items()
                ],
            }
            for key, upgrade in plan.upgrades.items()
        ],
    }
