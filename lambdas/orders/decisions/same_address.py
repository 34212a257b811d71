"""Buyers whose e-mail address is that of a client: who proved to read mail there joins that client, anybody else does not. Pure.

An order whose address was not proved gets a client of its own, because pages must not tell whose address is known here. Then
two clients have the address, and a person resolves with the buyer whether they are one.
"""

import hashlib

from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order

OTHER_CLIENT = "same_address"
"""In the result of the action that made a client: another client who has the address."""
_RESOLVED = "same_address_resolved"
_MODULE = "provision_client"


def with_proved_address(order: Order, address: str) -> Order:
    """The order whose buyer reads mail at this address. The very same order if that is known, or if its address is another."""
    proof = _proof(order)
    if not proof or proof != _digest(address) or order.proved_address == proof:
        return order
    return order.changed(proved_address=proof)


def is_address_proved(order: Order) -> bool:
    """Whether it is of the address that the order has now."""
    return bool(order.proved_address) and order.proved_address == _proof(order)


def doubled_client(order: Order) -> ChecklistAction | None:
    """The action that made a second client of an address, until somebody resolved it."""
    made = (action for action in order.actions.values() if action.module == _MODULE)
    return next((each for each in made if each.result.get(OTHER_CLIENT) and not each.result.get(_RESOLVED)), None)


def doubled_why(order: Order) -> str:
    """Both clients, and what the buyer proved, for staff. Empty if nothing is to resolve."""
    action = doubled_client(order)
    if action is None:
        return ""
    proved = "The buyer proved that they read" if is_address_proved(order) else "Nobody proved that the buyer reads"
    other = action.result[OTHER_CLIENT]
    return (
        f"Client {order.client_id}, made for this order, has the e-mail address of client {other}. {proved} mail there."
    )


def with_resolved_address(order: Order, *, now: int) -> Order:
    """The order whose two clients were resolved. The very same order if there is nothing to resolve."""
    action = doubled_client(order)
    if action is None:
        return order
    return order.with_action(action.changed(result={**action.result, _RESOLVED: True})).changed(activity=now)


def _proof(order: Order) -> str:
    address = text(order.info, "email")
    return _digest(address) if address else ""


def _digest(address: str) -> str:
    return hashlib.sha256(f"proved {address.strip().casefold()}".encode()).hexdigest()
