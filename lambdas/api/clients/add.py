"""A client that comes without an order (reference/ubersmith.md 4.9: client.add)."""

from collections.abc import Mapping
from typing import Any

from lambdas.api.clients.requests import ClientAddRequest
from lambdas.api.clients.results import NewClient
from lambdas.api.errors import LoginNameTakenError, MalformedRequestError
from lambdas.orders.contact.fields import CONTACT_FIELDS, judged
from lambdas.orders.errors import Problem
from lambdas.records.clients.client import Client, ClientRecords, ClientStatus, LoginTakenError
from lambdas.records.request_key import RequestKey
from lambdas.runtime.passwords import hash_password

NO_SETTING = {
    *CONTACT_FIELDS,
    "uber_login",
    "uber_pass",
    "login_enabled",
    "active",
    "brand_id",
    "access",
    "strict",
    "meta",
}


def add_client(clients: ClientRecords, client: Client, key: RequestKey | None, *, strict: bool) -> NewClient:
    """Add the client, without its login name if that is taken. If `strict`, raise LoginNameTakenError instead."""
    try:
        return NewClient(clients.add(client, key))
    except LoginTakenError:
        if strict:
            raise LoginNameTakenError from None
        nameless = client.model_copy(update={"uber_login": ""})
        return NewClient(clients.add(nameless, key), "the login name is taken, so the client has none; set another one")


def contact_of(sent: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """The contact data to keep: `sent`, checked beside what is `known`. Raises MalformedRequestError naming each wrong field."""
    problems: list[Problem] = []
    kept = judged(sent, known, problems)
    if problems:
        raise MalformedRequestError(*problems)
    return kept


def access_of(sent: Mapping[str, Any]) -> dict[str, str]:
    return {name: "1" if str(value) not in ("0", "", "False") else "0" for name, value in sent.items()}


def new_client(
    request: ClientAddRequest, contact: Mapping[str, Any], client_id: str, brand_id: int, now: int
) -> Client:
    """The requested client. Billing settings are kept as they are. `contact`: from `contact_of`."""
    settings = request.model_dump(exclude=NO_SETTING, exclude_none=True)
    return Client(
        client_id=client_id,
        brand_id=brand_id,
        active=ClientStatus(request.active or ClientStatus.CLIENT),
        password_hash=hash_password(request.uber_pass) if request.uber_pass else None,
        login_enabled=request.login_enabled,
        settings={name: str(value) for name, value in settings.items()},
        metadata={name: value for name, value in request.meta.items() if value},
        access=access_of(request.access),
        created_at=now,
        **contact,
    )
