"""Clients, payment methods and services as new callers get them."""

from typing import Annotated, Any, Literal, TypedDict

from typing_extensions import Doc

from lambdas.api.clients.results import AddedMethod, ChangedMethods, ListedMethod, NewClient, SeenClient
from lambdas.api.disputes import ClientDisputeView, client_dispute_view
from lambdas.api.http.values import iso
from lambdas.orders.model.money import format_cents
from lambdas.records.clients.service import Service
from lambdas.records.clients.settings import every_setting


class MadeClientView(TypedDict):
    client_id: Annotated[str, Doc("The new client's id.")]
    note: Annotated[str | None, Doc("What differs from the request, such as a login name that was taken.")]


class ClientView(TypedDict):
    client_id: Annotated[str, Doc("The client's id.")]
    brand_id: Annotated[int, Doc("The client's brand.")]
    status: Annotated[Literal["client", "lead"], Doc("A lead has not ordered yet.")]
    first: Annotated[str, Doc("First name.")]
    last: Annotated[str, Doc("Last name.")]
    company: Annotated[str, Doc("Company.")]
    email: Annotated[str, Doc("E-mail address.")]
    address: Annotated[str, Doc("Street and number.")]
    city: Annotated[str, Doc("City.")]
    state: Annotated[str, Doc("State or province.")]
    zip: Annotated[str, Doc("Postal code.")]
    country: Annotated[str, Doc("ISO 3166 code of two letters.")]
    phone: Annotated[str, Doc("Phone number.")]
    fax: Annotated[str, Doc("Fax number.")]
    vat_id: Annotated[str, Doc("VAT identification number.")]
    uber_login: Annotated[str, Doc("Login name.")]
    login_enabled: Annotated[bool, Doc("Whether the client can log in.")]
    default_billing_info_id: Annotated[str | None, Doc("The payment method that is used if none is chosen.")]
    order_id: Annotated[str | None, Doc("The order that made this client, if one did.")]
    settings: Annotated[dict[str, str], Doc("Billing settings, by Ubersmith's names.")]
    metadata: Annotated[dict[str, str] | None, Doc("Custom fields; null unless asked for.")]
    access: Annotated[dict[str, str] | None, Doc("What the login may use; null unless asked for.")]
    disputes: Annotated[
        list[ClientDisputeView], Doc("Payments that the client's bank was asked to take back, the latest one first.")
    ]
    created_at: Annotated[str | None, Doc("When the client was created.")]


class AddedMethodView(TypedDict):
    client_id: Annotated[str, Doc("The client's id.")]
    billing_info_id: Annotated[str, Doc("The payment method's id.")]


class PaymentMethodView(TypedDict):
    billing_info_id: Annotated[str, Doc("The payment method's id.")]
    is_default: Annotated[bool, Doc("Whether it is used if none is chosen.")]
    kind: Annotated[Literal["card", "bank_account", "paypal"], Doc("The kind of payment method.")]
    brand: Annotated[str, Doc("The card's brand, or empty.")]
    last_four: Annotated[str, Doc("Last four digits of the card or account.")]
    expiry: Annotated[str, Doc("MMYY, for a card.")]
    bank: Annotated[str, Doc("The account's bank, or empty.")]
    account_type: Annotated[str, Doc("C checking, S savings; empty for a card.")]
    holder: Annotated[dict[str, str], Doc("Name and address of the holder.")]
    gateway: Annotated[
        str, Doc("The payment provider that keeps it; empty for one that was stored before this was noted.")
    ]


class ChangedMethodsView(TypedDict):
    client_id: Annotated[str, Doc("The client's id.")]
    billing_info_id: Annotated[str, Doc("The payment method that was named.")]
    default_billing_info_id: Annotated[
        str | None, Doc("The default payment method now; null: none, and the next one that is added becomes it.")
    ]


class PaymentMethodsView(TypedDict):
    payment_methods: Annotated[list[PaymentMethodView], Doc("The client's payment methods.")]


class ServiceView(TypedDict):
    service_id: Annotated[str, Doc("The service's id.")]
    client_id: Annotated[str, Doc("The client's id.")]
    order_id: Annotated[str, Doc("The order that added it.")]
    plan_id: Annotated[str, Doc("The service plan.")]
    title: Annotated[str, Doc("The plan's title.")]
    description: Annotated[str, Doc("What the buyer calls it, such as a domain name.")]
    quantity: Annotated[int, Doc("How many units.")]
    period: Annotated[int, Doc("Months in a billing period; 0: billed once.")]
    recurring: Annotated[str, Doc("What a later period costs.")]
    setup: Annotated[str, Doc("What the set-up costs.")]
    currency: Annotated[str, Doc("ISO 4217 code, such as USD.")]
    options: Annotated[dict[str, Any], Doc("The chosen option of each upgrade, by upgrade id.")]
    status: Annotated[Literal["active", "pending", "canceled"], Doc("Pending until it is provisioned.")]
    created_at: Annotated[str | None, Doc("When it was added.")]
    starts_at: Annotated[str | None, Doc("When it starts, as its order stated.")]
    last_renewed_at: Annotated[str | None, Doc("When it was last renewed, as its order stated.")]
    renews_at: Annotated[str | None, Doc("When its next period begins, as its order stated.")]
    auto_bill: Annotated[bool, Doc("Whether later periods are charged automatically.")]


class ServicesView(TypedDict):
    services: Annotated[list[ServiceView], Doc("The client's services.")]


def new_client_view(made: NewClient) -> MadeClientView:
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
        "disputes": [client_dispute_view(each) for each in seen.disputes],
        "created_at": iso(client.created_at),
    }


def added_method_view(added: AddedMethod) -> AddedMethodView:
    return {"client_id": added.client_id, "billing_info_id": added.billing_info_id}


def changed_methods_view(changed: ChangedMethods) -> ChangedMethodsView:
    return {
        "client_id": changed.client_id,
        "billing_info_id": changed.billing_info_id,
        "default_billing_info_id": changed.default,
    }


def payment_methods_view(found: tuple[ListedMethod, ...]) -> PaymentMethodsView:
    return {"payment_methods": [_method(each) for each in found]}


def _method(listed: ListedMethod) -> PaymentMethodView:
    method = listed.method
    return {
        "billing_info_id": listed.billing_info_id,
        "is_default": listed.is_default,
        "kind": method.kind.value,
        "brand": method.brand,
        "last_four": method.last_four,
        "expiry": method.expiry,
        "bank": method.bank,
        "account_type": method.account_type,
        "holder": method.holder,
        "gateway": method.gateway,
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
        "recurring": format_cents(service.recurring_cents, service.currency),
        "setup": format_cents(service.setup_cents, service.currency),
        "currency": service.currency,
        "options": service.options,
        "status": service.status.value,
        "created_at": iso(service.created_at),
        "starts_at": iso(service.begins_at),
        "last_renewed_at": iso(service.last_renewed_at),
        "renews_at": iso(service.renews_at),
        "auto_bill": service.auto_bill is not False,
    }
