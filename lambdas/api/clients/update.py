"""Updates a client (client.update)."""

from typing import Any

from lambdas.api.clients.add import access_of, contact_of
from lambdas.api.clients.update_request import ClientUpdateRequest, names_in
from lambdas.api.errors import LoginNameTakenError, MalformedRequestError
from lambdas.orders.contact.fields import CONTACT_FIELDS, READ_WITH_COUNTRY
from lambdas.orders.errors import Problem
from lambdas.records.clients.changes import change_client
from lambdas.records.clients.client import Client, ClientStatus, LoginTakenError
from lambdas.records.clients.settings import SETTINGS
from lambdas.records.table import RecordTable
from lambdas.records.users.rights import SEE_CLIENT, Right
from lambdas.runtime.passwords import hash_password

_WHO = (*CONTACT_FIELDS, "uber_login")
_LETS_IN = {"uber_login", "uber_pass", "login_enabled", "access"}


def rights_to_change(request: ClientUpdateRequest) -> tuple[Right, ...]:
    """A user who changes how a client signs in can sign in as the client, and pay with stored methods."""
    sent = {name for name in request.model_fields_set if getattr(request, name, None) not in (None, {})}
    lets_in = bool(_LETS_IN & {*sent, *names_in(request.clear)})
    return (*SEE_CLIENT, Right.CREATE, *((Right.STORED_METHODS,) if lets_in else ()))


def update_client(table: RecordTable, client: Client, request: ClientUpdateRequest) -> Client:
    """Save what was sent and return the client. Raises MalformedRequestError, LoginNameTakenError, ClientsBusyError."""
    if request.brand_id not in (None, client.brand_id):
        raise MalformedRequestError(Problem("brand_id", f"a client stays in its brand, which is {client.brand_id}"))
    password_hash = hash_password(request.uber_pass) if request.uber_pass else None
    try:
        return change_client(table, client.client_id, lambda current: _decided(current, request, password_hash))
    except LoginTakenError:
        raise LoginNameTakenError from None


def _decided(client: Client, request: ClientUpdateRequest, password_hash: str | None) -> Client:
    stated = request.model_dump(exclude_unset=True, exclude_none=True)
    contact = {name: stated[name] for name in _WHO if name in stated} | dict.fromkeys(names_in(request.clear), "")
    settings = {name: str(stated[name]) for name in SETTINGS if name in stated}
    custom = {name: value for name, value in request.meta.items() if value}
    changes: dict[str, Any] = {
        **_judged(client, contact),
        "settings": {**client.settings, **settings},
        "metadata": {**client.metadata, **custom},
        "access": {**client.access, **access_of(request.access)},
    }
    if password_hash:
        changes["password_hash"] = password_hash
    if "login_enabled" in stated:
        changes["login_enabled"] = stated["login_enabled"]
    if "active" in stated:
        changes["active"] = ClientStatus(stated["active"])
    return client.model_copy(update=changes)


def _judged(client: Client, contact: dict[str, str]) -> dict[str, Any]:
    """With another country, fields that depend on it must be valid there, whether they are sent or not."""
    known = {name: getattr(client, name) for name in _WHO}
    if contact.get("country", client.country) != client.country:
        again = {name: known.pop(name) for name in READ_WITH_COUNTRY}
        contact = {**again, **contact}
    return contact_of(contact, known)
