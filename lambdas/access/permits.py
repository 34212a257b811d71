"""Checks rights beyond those of a method: to name the client, to pay by a stored method, and to skip actions.

The caller's rights and the order alone decide, before any record is read. So a refusal has the same text and takes the same
time whether the client or payment method exists or not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.access.acting_user import ActingUser
from lambdas.orders.decisions.lead.parties import stored_method
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.records.users.rights import SEE_CLIENT, Right


def admit_parties(
    caller: ActingUser, order_queue_id: int, brand_id: int, client_id: str | None, billing_info_id: str
) -> None:
    """Raises NotAllowedError unless the caller may name this client, and this stored method, on an order of this queue."""
    if client_id or billing_info_id:
        caller.require(SEE_CLIENT, None, brand_id)
    if billing_info_id:
        caller.require((Right.STORED_METHODS,), order_queue_id, brand_id)


@dataclass(frozen=True)
class CallersPermit:
    """The domain's Permit, of this caller."""

    caller: ActingUser

    def change(self, order: Order, changes: Mapping[str, Any]) -> None:
        """Raise NotAllowedError if the caller may not name that client or method. Unchanged values name none."""
        client_id, stored = changes.get("client_id"), stored_method(changes.get("info") or {})
        other_client = None if client_id == order.client_id else client_id
        same_method = stored == stored_method(order.info) and not other_client
        admit_parties(self.caller, order.order_queue_id, order.brand_id, other_client, "" if same_method else stored)

    def pass_over(self, order: Order, actions: Iterable[ChecklistAction]) -> None:
        """Raise NotAllowedError if the caller may not skip these actions. Those that take money need the right `money`."""
        passed = tuple(actions)
        if passed:
            money = (Right.MONEY,) if any(action.captures for action in passed) else ()
            self.caller.require((Right.SKIP, *money), order.order_queue_id, order.brand_id)

    def pay(self, order: Order) -> None:
        if stored_method(order.info):
            self.caller.require((Right.STORED_METHODS,), order.order_queue_id, order.brand_id)
