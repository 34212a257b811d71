"""Clients, payment methods and services as new callers get them."""

from typing import Any, Literal, TypedDict

from lambdas.api.clients.found import AddedMethod, MadeClient, SeenClient
from lambdas.api.http.values import iso
from lambdas.orders.model.money import format_cents
from lambdas.records.clients.payment_method import PaymentMethod
from lambdas.records.clients.service import Service
from lambdas.records.clients.settings import every_setting


class MadeClientView(TypedDict):
    """`note`: what was done otherwise than asked for, such as a login name that was taken."""

    client_id: str
    note: str | None


class ClientView(TypedDict):
    """`settings`: billing settings by Ubersmith's names. `metadata`, `access`: null unless asked for."""

    client_id: str
    brand_id: int
    status: Literal["client", "lead"]
    first: str
    last: str
    company: str
    email: str
    address: str
    city: str
    state: str
    zip: str
    country: str
    phone: str
    fax: str
    vat_id: str
    uber_login: str
    login_enabled: bool
    default_billing_info_id: str | None
    order_id: str | None
    settings: dict[str, str]
    metadata: dict[str, str] | None
    access: dict[str, str] | None
    created_at: str | None


class AddedMethodView(TypedDict):
    client_id: str
    billing_info_id: str


class PaymentMethodView(TypedDict):
    """`expiry`: MMYY. `account_type`: C checking, S savings."""

    billing_info_id: str
    kind: Literal["card", "bank_account", "paypal"]
    brand: str
    last_four: str
    expiry: str
    bank: str
    account_type: str
    holder: dict[str, str]


class PaymentMethodsView(TypedDict):
    payment_methods: list[PaymentMethodView]


class ServiceView(TypedDict):
    """`recurring` is what a later period costs; `period` in months, 0 for once. `starts_at`, `last_renewed_at` and `renews_at`
    as its order said. `auto_bill`: later periods are charged without asking."""

    service_id: str
    client_id: str
    order_id: str
    plan_id: str
    title: str
    description: str
    quantity: int
    period: int
    recurring: str
    setup: str
    currency: str
    options: dict[str, Any]
    status: Literal["active", "pending", "canceled"]
    created_at: str | None
    starts_at: str | None
    last_renewed_at: str | None
    renews_at: str | None
    auto_bill: bool


class ServicesView(TypedDict):
    services: list[ServiceView]


def made_view(made: MadeClient) -> MadeClientView:
    return {"client_id": made.client_id, "note": made.note or None}


def client_view(seen: SeenClient) -> ClientView:
    client = seen.client
    return {
        "client_id": client.client_id,
        "brand_id": client.brand_id,
        "status": "lead" if client.active == 2 else "client",
        "first": client.first,
        "last": client.last,
        "company": client.company,
        "email": client.email,
        "address": client.address,
        "city": client.city,
        "state": client.state,
        "zip": client.zip,
        "country": client.country,
        "phone": client.phone,
        "fax": client.fax,
        "vat_id": client.vat_id,
        "uber_login": client.uber_login,
        "login_enabled": client.login_enabled,
        "default_billing_info_id": client.default_billing_info_id,
        "order_id": client.order_id,
        "settings": every_setting(client.settings),
        "metadata": client.metadata if seen.metadata else None,
        "access": client.access if seen.acls else None,
        "created_at": iso(client.created_at),
    }


def added_view(added: AddedMethod) -> AddedMethodView:
    return {"client_id": added.client_id, "billing_info_id": added.billing_info_id}


def payment_methods_view(found: tuple[tuple[str, PaymentMethod], ...]) -> PaymentMethodsView:
    return {"payment_methods": [_method(key, method) for key, method in found]}


def _method(billing_info_id: str, method: PaymentMethod) -> PaymentMethodView:
    return {
        "billing_info_id": billing_info_id,
        "kind": method.kind.value,
        "brand": method.brand,
        "last_four": method.last_four,
        "expiry": method.expiry,
        "bank": method.bank,
        "account_type": method.account_type,
        "holder": method.holder,
    }


def services_view(found: tuple[Service, ...]) -> ServicesView:
    return {"services": [_service(service) for service in found]}


def _service(service: Service) -> ServiceView:
    return {
        "service_id": service.service_id,
        "client_id": service.client_id,
        "order_id": service.order_id,
        "plan_id": service.plan_id,
        "title": service.title,
        "description": service.description,
        "quantity": service.quantity,
        "period": service.period,
        "recurring": format_cents(service.recurring_cents),
        "setup": format_cents(service.setup_cents),
        "currency": service.currency,
        "options": service.options,
        "status": service.status.value,
        "created_at": iso(service.created_at),
        "starts_at": iso(service.begins_at),
        "last_renewed_at": iso(service.last_renewed_at),
        "renews_at": iso(service.renew_at),
        "auto_bill": service.auto_bill is not False,
    }
