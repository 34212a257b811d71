"""Events that a payment provider sent by webhook, each stored once by its id. No body is kept: an event is a hint to look."""

from collections.abc import Mapping
from typing import Any

from lambdas.records.table import RecordTable
from lambdas.runtime.items import to_item
from lambdas.runtime.models import Frozen

KEPT_SECONDS = 40 * 86_400  # longer than a provider repeats an event, or lists it
_SORT_KEY = "event"


class GatewayEvent(Frozen):
    """`kind`: the provider's own word for what happened. `transaction_id`: the payment it is about. Times: Unix seconds.

    `outcome`: what became of it here; empty until something did. It is final once the event was applied. `claim_ends_at`: a run
    is at work with it until then, if it lives.
    """

    gateway: str
    event_id: str
    kind: str
    transaction_id: str
    received_at: int
    applied_at: int | None = None
    outcome: str = ""
    claim_ends_at: int = 0


class GatewayEvents:
    def __init__(self, records: RecordTable) -> None:
        self._records = records

    def keep(self, event: GatewayEvent) -> GatewayEvent:
        """Store the event, once. Return it as it is stored: a repetition changes nothing."""
        record: dict[str, Any] = {**_key(event.gateway, event.event_id), **event.model_dump()}
        record["expires_at"] = event.received_at + KEPT_SECONDS
        if self._records.put_new(record):
            return event
        return self.get(event.gateway, event.event_id) or event

    def get(self, gateway: str, event_id: str) -> GatewayEvent | None:
        key = _key(gateway, event_id)
        found = self._records.get(key["pk"], key["sk"])
        return GatewayEvent.model_validate(found) if found else None

    def claim(self, event: GatewayEvent, *, now: int, ends_at: int) -> bool:
        """Have one run at a time apply the event. False: another is at work with it, or finished before."""
        is_free = "(attribute_not_exists(claim_ends_at) OR claim_ends_at < :now)"
        return self._note(event, "SET claim_ends_at = :ends", {":ends": ends_at, ":now": now}, is_free)

    def give_up_claim(self, event: GatewayEvent, *, ends_at: int) -> None:
        """Let the next run take it at once. A claim that is over and was taken by another run stays."""
        self._note(event, "SET claim_ends_at = :none", {":none": 0, ":ends": ends_at}, "claim_ends_at = :ends")

    def note_applied(self, event: GatewayEvent, outcome: str, *, at: int) -> bool:
        """Write down what became of it. False: another run did before."""
        return self._note(event, "SET applied_at = :at, outcome = :outcome", {":at": at, ":outcome": outcome})

    def note_outcome(self, event: GatewayEvent, outcome: str) -> bool:
        """Write down what a run did that is to be looked at again. False: another run finished before."""
        return self._note(event, "SET outcome = :outcome", {":outcome": outcome})

    def _note(self, event: GatewayEvent, update: str, values: Mapping[str, Any], also: str = "") -> bool:
        """`also`: a condition beside that it was not applied before."""
        client = self._records.client
        condition = "attribute_exists(pk) AND attribute_not_exists(applied_at)"
        try:
            client.update_item(
                TableName=self._records.name,
                Key=to_item(_key(event.gateway, event.event_id)),
                UpdateExpression=update,
                ConditionExpression=f"{condition} AND {also}" if also else condition,
                ExpressionAttributeValues=to_item(values),
            )
        except client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _key(gateway: str, event_id: str) -> dict[str, str]:
    return {"pk": f"gateway_event#{gateway}#{event_id}", "sk": _SORT_KEY}
