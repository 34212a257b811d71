"""Takes a stored payment method from its client.

In two writes, so that nothing can begin to pay by it while its removal is decided: at first it pays no more, then all but its
number is forgotten. The number stays, so that a repeated removal is answered as the first, and is given to no other method.
"""

from dataclasses import dataclass
from typing import Any

from lambdas.records.clients.payment_method import PaymentMethod
from lambdas.records.clients.stored_methods import (
    DEFAULT,
    REMOVAL,
    MethodsBusyError,
    RemovalTakenOverError,
    method_key,
    token_key,
)
from lambdas.records.table import ConditionFailedError, RecordTable
from lambdas.runtime.items import from_item, to_item

_REMOVED_AT = "removed_at"


@dataclass(frozen=True)
class BegunRemoval:
    """`claim`: of this call. `method`: None if it was removed before."""

    billing_info_id: str
    claim: str
    method: PaymentMethod | None


@dataclass(frozen=True)
class MethodRemovals:
    """Of one client."""

    table: RecordTable
    client_id: str

    def begin(self, billing_info_id: str, claim: str) -> BegunRemoval | None:
        """Let it pay no more. A removal that was left half done is taken over. None: the client never had it."""
        try:
            item = self._update(
                billing_info_id,
                f"SET {REMOVAL} = :claim",
                f"attribute_exists(pk) AND attribute_not_exists({_REMOVED_AT})",
                claim,
            )
        except self.table.client.exceptions.ConditionalCheckFailedException:
            is_removed = self.table.get(**method_key(self.client_id, billing_info_id))
            return BegunRemoval(billing_info_id, claim, None) if is_removed else None
        return BegunRemoval(billing_info_id, claim, PaymentMethod.model_validate(item))

    def give_up(self, begun: BegunRemoval) -> None:
        """Let it pay again, unless another call has taken the removal over."""
        try:
            self._update(begun.billing_info_id, f"REMOVE {REMOVAL}", f"{REMOVAL} = :claim", begun.claim)
        except self.table.client.exceptions.ConditionalCheckFailedException:
            return

    def finish(self, begun: BegunRemoval, method: PaymentMethod, *, by: str, at: int) -> None:
        """Forget it. If it was the default one, its client has none. Raises MethodsBusyError if another call took over."""
        patience = self.table.patience()
        while True:
            try:
                return self.table.write_all(
                    [*self._emptied(begun, method, by, at), self._without_default(begun.billing_info_id)]
                )
            except ConditionFailedError:
                stored = self.table.get(**method_key(self.client_id, begun.billing_info_id)) or {}
                if _REMOVED_AT in stored:
                    return None
                if stored.get(REMOVAL) != begun.claim:
                    raise RemovalTakenOverError from None
            patience.wait_or_raise(MethodsBusyError)

    def _emptied(self, begun: BegunRemoval, method: PaymentMethod, by: str, at: int) -> list[Any]:
        number = {"billing_info_id": begun.billing_info_id, REMOVAL: begun.claim, _REMOVED_AT: at, "removed_by": by}
        put = {
            "TableName": self.table.name,
            "Item": to_item({**method_key(self.client_id, begun.billing_info_id), **number}),
            "ConditionExpression": f"{REMOVAL} = :claim AND attribute_not_exists({_REMOVED_AT})",
            "ExpressionAttributeValues": to_item({":claim": begun.claim}),
        }
        return [
            {"Put": put},
            {"Delete": {"TableName": self.table.name, "Key": to_item(token_key(self.client_id, method))}},
        ]

    def _without_default(self, billing_info_id: str) -> dict[str, Any]:
        key = {"pk": f"client#{self.client_id}", "sk": "client"}
        client = self.table.get(**key) or {}
        is_default = client.get(DEFAULT) == billing_info_id
        place = {
            "TableName": self.table.name,
            "Key": to_item(key),
            "ExpressionAttributeValues": to_item({":id": billing_info_id}),
        }
        if is_default:
            return {
                "Update": {
                    **place,
                    "UpdateExpression": f"REMOVE {DEFAULT}",
                    "ConditionExpression": f"{DEFAULT} = :id",
                }
            }
        return {
            "ConditionCheck": {
                **place,
                "ConditionExpression": f"attribute_not_exists({DEFAULT}) OR {DEFAULT} <> :id",
            }
        }

    def _update(self, billing_info_id: str, change: str, condition: str, claim: str) -> dict[str, Any]:
        answer = self.table.client.update_item(
            TableName=self.table.name,
            Key=to_item(method_key(self.client_id, billing_info_id)),
            UpdateExpression=change,
            ConditionExpression=condition,
            ExpressionAttributeValues=to_item({":claim": claim}),
            ReturnValues="ALL_NEW",
        )
        return from_item(answer["Attributes"])
