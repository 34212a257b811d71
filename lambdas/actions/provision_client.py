"""Provision Client: makes the client from the order's contact data and adds a submitted payment method.

For an order of an existing client it succeeds and changes nothing (docs/reference/ubersmith.md, 2.2). For an order of
a Sales Manager lead it turns that lead into a client (3.1). An order of a form joins the client of its e-mail address if its
buyer proved to read mail there. Otherwise it makes another client, and the result names the one who had the address.
"""

from lambdas.actions._frame.action import action_handler
from lambdas.actions._frame.module import Config, Done, Module, PermanentError, Tools
from lambdas.orders.contact.fields import CONTACT_FIELDS
from lambdas.orders.decisions.same_address import OTHER_CLIENT, is_address_proved
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.orders.payment_key import gateway_of
from lambdas.records.clients.account import account_of
from lambdas.records.clients.client import Client, ClientRecords, ClientStatus, LoginTakenError, email_pk
from lambdas.records.clients.payment_method import PaymentMethod, submitted_method
from lambdas.records.clients.promotion import promote
from lambdas.records.clients.settings import ordered_settings


class ProvisionClientConfig(Config):
    """No settings."""


def run(order: Order, config: ProvisionClientConfig, tools: Tools) -> Done:
    clients = ClientRecords(tools.records)
    if order.client_id:
        return _with_existing(order, order.client_id, clients, tools)
    if (earlier := clients.made_for(order.order_id)) and (differs := _differing(order, clients.get(earlier))):
        told = f"client made by an earlier run, when the order named another {', '.join(differs)}: see client.update"
        return Done(told, {"client_id": earlier, "made": True}, earlier)
    if not earlier and is_address_proved(order) and (own := _client_of_address(order, clients)):
        return Done("the client of the order's address", {"client_id": own, "made": False}, own)
    client_id = earlier or _make(order, clients, tools)
    other = _client_of_address(order, clients, besides=client_id)
    result = {"client_id": client_id, "made": True, **({OTHER_CLIENT: other} if other else {})}
    return Done("client made", result, client_id)


def _client_of_address(order: Order, clients: ClientRecords, *, besides: str = "") -> str:
    """The client who could sign in with this address on the order's form; empty for none, and for orders of other doors.

    It is asked again after a client was made, so that of two orders at once at least one finds the other's client.
    """
    address = text(order.info, "email") if order.order_form_id else ""
    found = account_of(clients, email_pk(address), order.brand_id, besides=besides) if address else None
    return found.client_id if found else ""


def _differing(order: Order, client: Client | None) -> list[str]:
    """The changes to the order between a run that died and this one."""
    return [name for name in CONTACT_FIELDS if client and getattr(client, name) != text(order.info, name)]


def _with_existing(order: Order, client_id: str, clients: ClientRecords, tools: Tools) -> Done:
    client = clients.get(client_id)
    if client is None:
        raise PermanentError("the order names a client that does not exist; correct client_id and process again")
    is_ours = client.active is ClientStatus.LEAD or clients.made_for(order.order_id) == client_id
    if is_ours and _is_promoted(order, client_id, tools):
        return Done("the lead is a client now", {"client_id": client_id, "made": True}, client_id)
    return Done("existing client, nothing changed", {"client_id": client_id, "made": False}, client_id)


def _is_promoted(order: Order, client_id: str, tools: Tools) -> bool:
    method, settings = _method(order, tools), ordered_settings(order.info)
    return promote(tools.records, client_id, order.order_id, method, settings)


def _method(order: Order, tools: Tools) -> PaymentMethod | None:
    """The method that came with the order, with the gateway that holds the order's money, else where it was entered."""
    method, hold = submitted_method(order.info), order.hold
    if method is None:
        return None
    is_held = hold is not None and hold.method == method.kind
    gateway = (gateway_of(hold.key) or hold.gateway) if hold and is_held else ""
    entered_at = tools.choice.entered_at(order.brand_id, method.kind)
    return method.model_copy(update={"gateway": gateway or entered_at})


def _make(order: Order, clients: ClientRecords, tools: Tools) -> str:
    client = Client(
        client_id=clients.new_client_id(),
        brand_id=order.brand_id,
        order_id=order.order_id,
        uber_login=text(order.info, "uber_login"),
        password_hash=order.password_hash,
        settings=ordered_settings(order.info),
        created_at=tools.now(),
        **{name: text(order.info, name) for name in CONTACT_FIELDS},
    )
    try:
        return clients.make(client, _method(order, tools))
    except LoginTakenError:
        raise PermanentError(
            "the login name is taken by another client; agree on another one, set info.uber_login with order.update,"
            " and process this action again"
        ) from None


module = Module("provision_client", ProvisionClientConfig, run, label="Provision Client")
handler = action_handler(module)
