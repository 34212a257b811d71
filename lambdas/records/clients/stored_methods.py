"""The payment methods that clients have stored, and which of them is the default one."""

import hashlib
from collections.abc import Mapping
from typing import Any

from lambdas.orders.errors import Again, Nature, OrderError
from lambdas.records.clients.payment_method import PaymentMethod
from lambdas.records.table import ConditionFailedError, RecordTable
from lambdas.runtime.items import to_item

REMOVAL = "removal"  # of a method that pays no more: the claim of who removes it, or when it was removed
DEFAULT = "default_billing_info_id"


class MethodsBusyError(OrderError):
    kind = "busy"
    nature = Nature.CONFLICT
    again = Again.LATER
    retry_after_seconds = 1

    def __init__(self) -> None:
        super().__init__(
            "the client's payment methods are being changed by another call; nothing was changed, try again"
        )


class RemovalTakenOverError(MethodsBusyError):
    """Another call removes the method since this one began to."""


class PaymentMethodRecords:
    """The payment methods of clients. One that came with an order has the order's number, others numbers of their own."""

    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def of_client(self, client_id: str) -> dict[str, PaymentMethod]:
        """By billing_info_id, in the order of their numbers."""
        found = self._table.query(f"client#{client_id}", "payment_method#")
        stored = (record for record in found if REMOVAL not in record)
        methods = {str(record["billing_info_id"]): PaymentMethod.model_validate(record) for record in stored}
        return dict(sorted(methods.items(), key=lambda each: int(each[0])))

    def add(self, client_id: str, method: PaymentMethod, *, is_default: bool) -> str:
        """Its billing_info_id. A token the client has already keeps the one it got first. A client's first method is the
        default one. Raises MethodsBusyError."""
        patience = self._table.patience()
        while True:
            known = self.of_client(client_id)
            same = (key for key, each in known.items() if (each.kind, each.token) == (method.kind, method.token))
            first = next(same, None)
            billing_info_id = first or self._new_id(known)
            default = self._as_default(client_id, billing_info_id, always=is_default)
            record = method_key(client_id, billing_info_id)
            try:
                if first is None:
                    stored = {**record, "billing_info_id": billing_info_id, **method.model_dump()}
                    guard = self._table.new(token_key(client_id, method))
                    self._table.write_all([self._table.new(stored), guard, default])
                elif is_default and not self.make_default(client_id, first):
                    continue  # it was removed meanwhile
                return billing_info_id
            except ConditionFailedError:
                patience.wait_or_raise(MethodsBusyError)

    def make_default(self, client_id: str, billing_info_id: str) -> bool:
        """False if the client has no such method; then the default one stays as it is. Raises MethodsBusyError."""
        stored = {
            "ConditionCheck": {
                "TableName": self._table.name,
                "Key": to_item(method_key(client_id, billing_info_id)),
                "ConditionExpression": f"attribute_exists(pk) AND attribute_not_exists({REMOVAL})",
            }
        }
        patience = self._table.patience()
        while billing_info_id in self.of_client(client_id):
            try:
                self._table.write_all([stored, self._as_default(client_id, billing_info_id, always=True)])
                return True
            except ConditionFailedError:
                patience.wait_or_raise(MethodsBusyError)
        return False

    def _new_id(self, known: Mapping[str, PaymentMethod]) -> str:
        while (found := str(self._table.next_number("billing_info_id", 0))) in known:
            pass
        return found

    def _as_default(self, client_id: str, billing_info_id: str, *, always: bool) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": self._table.name,
                "Key": to_item({"pk": f"client#{client_id}", "sk": "client"}),
                "UpdateExpression": f"SET {DEFAULT} = {':id' if always else f'if_not_exists({DEFAULT}, :id)'}",
                "ConditionExpression": "attribute_exists(pk)",
                "ExpressionAttributeValues": to_item({":id": billing_info_id}),
            }
        }


def method_key(client_id: str, billing_info_id: str) -> dict[str, str]:
    return {"pk": f"client#{client_id}", "sk": f"payment_method#{billing_info_id}"}


def token_key(client_id: str, method: PaymentMethod) -> dict[str, str]:
    """The key of the record that keeps one token from being added twice."""
    digest = hashlib.sha256(f"{method.kind}:{method.token}".encode()).hexdigest()
    return {"pk": f"client#{client_id}", "sk": f"payment_token#{digest}"}
