"""Methods, version, logins and service plans as new callers get them."""

from typing import Annotated, Literal, TypedDict

from typing_extensions import Doc

from lambdas.api.installation.description import MethodDescription, NamedMethod, described
from lambdas.catalog.plan import Plan, Upgrade
from lambdas.orders.model.money import format_cents
from lambdas.records.clients.client import Client


class MethodTitleView(TypedDict):
    method: Annotated[str, Doc("The method's name.")]
    title: Annotated[str, Doc("What it does.")]


class MethodsView(TypedDict):
    methods: Annotated[list[MethodTitleView], Doc("All methods, by name.")]


class SystemView(TypedDict):
    version: Annotated[str, Doc("The installed version.")]
    latest_version: Annotated[str, Doc("The same: it knows of no later one.")]


class LoginView(TypedDict):
    type: Annotated[Literal["client"], Doc("Whose login it is.")]
    client_id: Annotated[str, Doc("The client's id.")]
    brand_id: Annotated[int, Doc("The client's brand.")]
    login: Annotated[str, Doc("The login name.")]
    first: Annotated[str, Doc("First name.")]
    last: Annotated[str, Doc("Last name.")]
    email: Annotated[str, Doc("E-mail address.")]
    access: Annotated[dict[str, str], Doc("What the login may use, by name.")]


class PriceView(TypedDict):
    period: Annotated[int, Doc("Months in a billing period; 0: billed once.")]
    price: Annotated[str, Doc("For each period.")]
    setup: Annotated[str, Doc("Once.")]


class OptionView(TypedDict):
    option_id: Annotated[str, Doc("The option's id.")]
    name: Annotated[str, Doc("Its name for people.")]
    value: Annotated[str, Doc("The value that programs know it by.")]
    description: Annotated[str, Doc("More about it, for people.")]
    data: Annotated[dict[str, str], Doc("More about it, for programs.")]
    price: Annotated[str, Doc("Per month.")]
    setup: Annotated[str, Doc("Once.")]


class UpgradeView(TypedDict):
    """A choice of a service plan. A service has one of its options."""

    upgrade_id: Annotated[str, Doc("The upgrade's id.")]
    name: Annotated[str, Doc("Its name for people.")]
    variable: Annotated[str, Doc("The name that programs know it by.")]
    description: Annotated[str, Doc("More about it, for people.")]
    data: Annotated[dict[str, str], Doc("More about it, for programs.")]
    default: Annotated[str, Doc("The option that applies if none is chosen.")]
    options: Annotated[list[OptionView], Doc("The options to choose one from.")]


class PlanView(TypedDict):
    plan_id: Annotated[str, Doc("The service plan's id.")]
    title: Annotated[str, Doc("Its title.")]
    code: Annotated[str, Doc("Its code.")]
    currency: Annotated[str, Doc("What its prices are in: ISO 4217 code, such as USD.")]
    pricing: Annotated[list[PriceView], Doc("Its prices, by period.")]
    needs: Annotated[
        list[str],
        Doc(
            "What an order must state: `domain`, a name per unit in info.packN.desserv; `transfer_code`, info.packN.auth_code."
        ),
    ]
    endings: Annotated[list[str], Doc("Endings of the domain names that it is for; none: it is for any name.")]
    upgrades: Annotated[list[UpgradeView], Doc("What it can be ordered with.")]


class PlansView(TypedDict):
    plans: Annotated[list[PlanView], Doc("The service plans.")]


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
        "currency": plan.currency,
        "pricing": [
            {
                "period": months,
                "price": format_cents(price.price, plan.currency),
                "setup": format_cents(price.setup, plan.currency),
            }
            for months, price in plan.pricing.items()
        ],
        "needs": list(plan.needs),
        "endings": list(plan.endings),
        "upgrades": [_upgrade(key, upgrade, plan.currency) for key, upgrade in plan.upgrades.items()],
    }


def _upgrade(key: str, upgrade: Upgrade, currency: str) -> UpgradeView:
    return {
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
                "price": format_cents(option.price, currency),
                "setup": format_cents(option.setup, currency),
            }
            for option_id, option in upgrade.options.items()
        ],
    }
