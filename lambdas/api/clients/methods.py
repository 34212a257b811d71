"""Clients, their payment methods and services."""

from typing import Any

from lambdas.api.auth.caller import Caller
from lambdas.api.auth.errors import KeyReusedError
from lambdas.api.backend import Backend
from lambdas.api.clients import records_2_0 as answers
from lambdas.api.clients import views
from lambdas.api.clients.add import add_client, contact_of, new_client
from lambdas.api.clients.lookup import admitted, brands_of, client_of_email, the_client
from lambdas.api.clients.requests import ClientAddRequest, ClientGetRequest, ServiceListRequest
from lambdas.api.clients.results import NewClient, SeenClient
from lambdas.api.clients.update import rights_to_change, update_client
from lambdas.api.clients.update_request import ClientUpdateRequest
from lambdas.api.errors import MalformedRequestError, NotFoundError
from lambdas.api.http.parameters import OrderRequest
from lambdas.api.http.values_2_0 import true
from lambdas.api.method import Method
from lambdas.orders.contact.fields import CONTACT_FIELDS
from lambdas.orders.errors import Problem
from lambdas.records.clients.client import Client, ClientRecords
from lambdas.records.clients.dispute import ClientDisputes
from lambdas.records.clients.service import Service, ServiceRecords
from lambdas.records.request_key import RequestKey, RequestKeyUsedError
from lambdas.records.users.rights import SEE_CLIENT, Right


def _add(backend: Backend, request: ClientAddRequest, caller: Caller) -> NewClient:
    brands = brands_of(backend)
    brand_id = request.brand_id or brands[0]
    caller.admit(None, brand_id)
    if brand_id not in brands:
        raise MalformedRequestError(Problem("brand_id", f"no such brand; the brands here are {_listed(brands)}"))
    clients, now = ClientRecords(backend.records), backend.service.now()
    stated = request.model_dump(mode="json", exclude={"uber_pass"})
    key = (
        RequestKey.of(caller.name, caller.call.idempotency_key, caller.call.method, stated, now)
        if caller.call.idempotency_key
        else None
    )
    contact = contact_of({name: getattr(request, name) or "" for name in (*CONTACT_FIELDS, "uber_login")}, {})
    client = new_client(request, contact, clients.new_client_id(), brand_id, now)
    try:
        return add_client(clients, client, key, strict=request.strict)
    except RequestKeyUsedError:
        raise KeyReusedError(caller.call.method) from None


def _get(backend: Backend, request: ClientGetRequest, caller: Caller) -> SeenClient:
    if request.client_id:
        client = ClientRecords(backend.records).get(request.client_id)
        if client is None:
            raise caller.not_found(NotFoundError(f"Client ID '{request.client_id}'", "client_id"))
        client = admitted(client, caller)
    elif request.user_login:
        client = the_client(backend, request.user_login, caller, "user_login")
    else:
        client = client_of_email(backend, request.email or "", caller)
    return _read_with_disputes(backend, client, metadata=request.metadata, tags=request.tags, acls=request.acls)


def _update(backend: Backend, request: ClientUpdateRequest, caller: Caller) -> SeenClient:
    client = the_client(backend, request.client_id, caller)
    changed = update_client(backend.records, client, request)
    return _read_with_disputes(backend, changed, metadata=True, tags=False, acls=True)


def _read_with_disputes(backend: Backend, client: Client, **asked: bool) -> SeenClient:
    return SeenClient(client, disputes=ClientDisputes(backend.records).of_client(client.client_id), **asked)


def _service_list(backend: Backend, request: ServiceListRequest, caller: Caller) -> tuple[Service, ...]:
    client_id = request.client_id
    if request.order_id:
        order = backend.order(OrderRequest(order_id=request.order_id), caller)
        if order.client_id is None or client_id not in (None, order.client_id):
            return ()
        client_id = order.client_id
    else:
        the_client(backend, client_id or "", caller)
    services = list(ServiceRecords(backend.records).of_client(client_id or ""))
    if request.order_id:
        services = [service for service in services if service.order_id == request.order_id]
    if request.direction == "desc":
        services.reverse()
    return tuple(_page(services, request.offset, request.limit))


def _page(found: list[Any], offset: int | None, limit: int | None) -> list[Any]:
    begin = offset or 0
    return found[begin:] if limit is None else found[begin : begin + limit]


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


METHODS: dict[str, Method] = {
    "client.add": Method(
        title="Add a client",
        request=ClientAddRequest,
        rights=(Right.CREATE, Right.PERSONAL_DATA),
        verb=_add,
        answer=answers.client_id,
        view=views.new_client_view,
        status=201,
        keeps_key=True,
        example={"first": "Ada", "last": "Lovelace", "email": "ada@example.com", "country": "GB"},
    ),
    "client.update": Method(
        title="Change a client",
        request=ClientUpdateRequest,
        rights=rights_to_change,
        verb=_update,
        answer=true,
        view=views.client_view,
        example={"client_id": "101", "email": "ada@example.org"},
    ),
    "client.get": Method(
        title="Get a client",
        request=ClientGetRequest,
        rights=SEE_CLIENT,
        verb=_get,
        answer=answers.record,
        view=views.client_view,
        reads=True,
        example={"client_id": "101"},
    ),
    "client.service_list": Method(
        title="List the services of a client or of an order",
        request=ServiceListRequest,
        rights=SEE_CLIENT,
        verb=_service_list,
        answer=answers.services,
        view=views.services_view,
        reads=True,
        example={"order_id": "1001"},
    ),
}
