"""Payment methods of clients (reference/ubersmith.md 4.9)."""

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.clients import records_2_0 as answers
from lambdas.api.clients import views
from lambdas.api.clients.add import contact_of
from lambdas.api.clients.lookup import the_client
from lambdas.api.clients.payment_method_requests import (
    AccountAddRequest,
    CardAddRequest,
    PaymentMethodListRequest,
    StoredMethodRequest,
)
from lambdas.api.clients.results import AddedMethod, ChangedMethods, ListedMethod
from lambdas.api.errors import NotFoundError
from lambdas.api.http.values_2_0 import true
from lambdas.api.method import Method
from lambdas.payments.stored_methods.removing import MethodRemoval
from lambdas.records.clients.client import Client, ClientRecords
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.records.clients.stored_methods import PaymentMethodRecords
from lambdas.records.users.rights import SEE_CLIENT, Right

_MONEY = (*SEE_CLIENT, Right.MONEY)


def _cc_add(backend: Backend, request: CardAddRequest, caller: Caller) -> AddedMethod:
    card = PaymentMethod(
        kind=MethodKind.CARD,
        token=request.cc_token,
        brand=request.cc_type or "",
        last_four=request.cc_num,
        expiry=request.cc_expire or "",
        holder=contact_of(request.holder(), {}),
    )
    return _add_method(backend, the_client(backend, request.client_id, caller), card, request.set_default)


def _ach_add(backend: Backend, request: AccountAddRequest, caller: Caller) -> AddedMethod:
    account = PaymentMethod(
        kind=MethodKind.BANK_ACCOUNT,
        token=request.ach_token,
        last_four=request.ach_acct,
        bank=request.ach_bank or "",
        account_type=request.ach_type or "",
        holder=contact_of(request.holder(), {}),
    )
    client = the_client(backend, request.user_login, caller, "user_login")
    return _add_method(backend, client, account, request.set_default)


def _add_method(backend: Backend, client: Client, method: PaymentMethod, is_default: bool) -> AddedMethod:
    gateway = backend.choice.entered_at(client.brand_id, method.kind)
    stored = method.model_copy(update={"gateway": gateway})
    added = PaymentMethodRecords(backend.records).add(client.client_id, stored, is_default=is_default)
    return AddedMethod(client.client_id, added)


def _method_list(backend: Backend, request: PaymentMethodListRequest, caller: Caller) -> tuple[ListedMethod, ...]:
    client = the_client(backend, request.client_id, caller)
    methods = [
        ListedMethod(number, method, is_default=number == client.default_billing_info_id)
        for number, method in PaymentMethodRecords(backend.records).of_client(client.client_id).items()
    ]
    if request.order_by == "payment_type":
        methods.sort(key=lambda each: each.method.kind)
    if request.direction == "desc":
        methods.reverse()
    begin = request.offset or 0
    return tuple(methods[begin:] if request.limit is None else methods[begin : begin + request.limit])


def _set_default(backend: Backend, request: StoredMethodRequest, caller: Caller) -> ChangedMethods:
    client, named = the_client(backend, request.client_id, caller), request.billing_info_id
    if not PaymentMethodRecords(backend.records).make_default(client.client_id, named):
        raise _unknown_method()
    return _read_changed(backend, client, named)


def _remove(backend: Backend, request: StoredMethodRequest, caller: Caller) -> ChangedMethods:
    client, named = the_client(backend, request.client_id, caller), request.billing_info_id
    service = backend.service
    removal = MethodRemoval(service.orders, backend.records, backend.gateway, backend.choice, service.now)
    if not removal.remove(client, named, by=caller.name):
        raise _unknown_method()
    return _read_changed(backend, client, named)


def _read_changed(backend: Backend, client: Client, named: str) -> ChangedMethods:
    current = ClientRecords(backend.records).get(client.client_id)
    return ChangedMethods(client.client_id, named, current.default_billing_info_id if current else None)


def _unknown_method() -> NotFoundError:
    return NotFoundError("Payment method of the client", "billing_info_id")


_CARD = {"cc_num": "4242", "cc_token": "tok_approve", "cc_type": "visa", "cc_expire": "1230", "country": "GB"}

METHODS: dict[str, Method] = {
    "client.cc_add": Method(
        title="Add a credit card to a client",
        request=CardAddRequest,
        rights=_MONEY,
        verb=_cc_add,
        answer=answers.billing_info_id,
        view=views.added_method_view,
        status=201,
        example={"client_id": "101", **_CARD},
    ),
    "client.ach_add": Method(
        title="Add a bank account to a client",
        request=AccountAddRequest,
        rights=_MONEY,
        verb=_ach_add,
        answer=answers.billing_info_id,
        view=views.added_method_view,
        status=201,
        example={"user_login": "101", "ach_acct": "6789", "ach_token": "ach_approve", "ach_type": "C"},
    ),
    "client.payment_method_list": Method(
        title="List a client's payment methods",
        request=PaymentMethodListRequest,
        rights=_MONEY,
        verb=_method_list,
        answer=answers.payment_methods,
        view=views.payment_methods_view,
        reads=True,
        example={"client_id": "101"},
    ),
    "client.payment_method_default": Method(
        title="Make a payment method the client's default one",
        request=StoredMethodRequest,
        rights=_MONEY,
        verb=_set_default,
        answer=true,
        view=views.changed_methods_view,
        example={"client_id": "101", "billing_info_id": "7"},
    ),
    "client.payment_method_remove": Method(
        title="Remove a client's payment method",
        request=StoredMethodRequest,
        rights=_MONEY,
        verb=_remove,
        answer=true,
        view=views.changed_methods_view,
        example={"client_id": "101", "billing_info_id": "7"},
    ),
}
