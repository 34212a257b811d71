"""Clients, payment methods and services as API 2.0 answers them (reference/ubersmith.md 4.9)."""

from typing import Any

from lambdas.api.clients.results import AddedMethod, ListedMethod, NewClient, SeenClient
from lambdas.api.http.values_2_0 import as_text
from lambdas.orders.contact.fields import CONTACT_FIELDS
from lambdas.orders.model.money import format_cents
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.records.clients.service import Service, ServiceStatus
from lambdas.records.clients.settings import every_setting

PAYMENT_TYPE = {MethodKind.CARD: "cc", MethodKind.BANK_ACCOUNT: "ach", MethodKind.PAYPAL: "paypal"}
SERVICE_STATUS = {ServiceStatus.ACTIVE: "1", ServiceStatus.PENDING: "2", ServiceStatus.CANCELED: "4"}
_HOLDER = ("fname", "lname", "company", "address", "city", "state", "zip", "country", "phone", "email")


def client_id(made: NewClient) -> str:
    """The new client's id."""
    return made.client_id


def billing_info_id(added: AddedMethod) -> str:
    """The payment method's id."""
    return added.billing_info_id


def record(seen: SeenClient) -> dict[str, Any]:
    """The client."""
    client = seen.client
    full_name = f"{client.first} {client.last}".strip()
    return {
        "clientid": client.client_id,
        "client_id": client.client_id,
        "class_id": str(client.brand_id),
        "active": str(int(client.active)),
        **{name: getattr(client, name) for name in CONTACT_FIELDS},
        "full_name": full_name,
        "listed_company": client.company or full_name,
        "login": client.uber_login,
        "login_enabled": as_text(client.login_enabled),
        "created": str(client.created_at),
        **every_setting(client.settings),
        **({"metadata": client.metadata or []} if seen.metadata else {}),
        **({"tags": []} if seen.tags else {}),
        **({"acls": client.access or []} if seen.acls else {}),
    }


def payment_methods(found: tuple[ListedMethod, ...]) -> Any:
    """Payment methods by billing_info_id; `[]` if there are none."""
    return {
        each.billing_info_id: {"billing_info_id": each.billing_info_id, **_method(each.method)} for each in found
    } or []


def _method(method: PaymentMethod) -> dict[str, str]:
    is_account = method.kind is MethodKind.BANK_ACCOUNT
    return {
        "payment_type": PAYMENT_TYPE[method.kind],
        "cc_num": "" if is_account else method.last_four,
        "cc_type": "" if is_account else method.brand,
        "cc_expire": method.expiry,
        "ach_type": method.account_type,
        "ach_bank": method.bank,
        "ach_acct": method.last_four if is_account else "",
        **{name: method.holder.get(name, "") for name in _HOLDER},
    }


def services(found: tuple[Service, ...]) -> Any:
    """Services by their id; `[]` if there are none."""
    return {service.service_id: _service(service) for service in found} or []


def _service(service: Service) -> dict[str, Any]:
    return {
        "packid": service.service_id,
        "clientid": service.client_id,
        "order_id": service.order_id,
        "plan_id": service.plan_id or "0",
        "servtype": service.title,
        "desserv": service.description or service.title,
        "quantity": str(service.quantity),
        "period": str(service.period),
        "price": format_cents(service.recurring_cents, service.currency),
        "setup": format_cents(service.setup_cents, service.currency),
        "options": as_text(service.options),
        "status": SERVICE_STATUS[service.status],
        "start": str(service.begins_at),
        "lastrenewed": str(service.last_renewed_at or 0),
        "renewdate": str(service.renews_at or 0),
        "auto_bill": "0" if service.auto_bill is False else "1",
    }
