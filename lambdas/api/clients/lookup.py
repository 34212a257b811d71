"""Finds the client that a call names, if the caller may see it."""

from collections.abc import Iterable

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.errors import NotFoundError
from lambdas.orders.contact.email import mailed_to
from lambdas.records.clients.client import Client, ClientRecords


def brands_of(backend: Backend) -> list[int]:
    """The brands of this installation are those its queues belong to."""
    return sorted({queue.brand_id for queue in backend.queues.values()})


def the_client(backend: Backend, name: str, caller: Caller, field: str = "client_id") -> Client:
    """By id or login name. Raises NotFoundError, which repeats numbers only: a login name may be a person's."""
    client = ClientRecords(backend.records).named(name, brands_of(backend))
    if client is None:
        raise caller.not_found(NotFoundError(f"Client ID '{name[:20]}'" if name.isdecimal() else "Client login", field))
    return admitted(client, caller)


def client_of_email(backend: Backend, email: str, caller: Caller) -> Client:
    """The first client with this address that the caller may see."""
    clients = ClientRecords(backend.records)
    return _first(clients.by_email(mailed_to(email)) or clients.by_email(email), caller)


def admitted(client: Client, caller: Caller) -> Client:
    caller.admit_to_record(None, client.brand_id)
    return client


def _first(clients: Iterable[Client], caller: Caller) -> Client:
    for client in clients:
        if caller.may_do(None, client.brand_id):
            return client
    raise caller.not_found(NotFoundError("Client email", "email"))
