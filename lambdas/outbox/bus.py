"""The event bus, as far as the announcer needs it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.orders.events import OrderEvent
from lambdas.runtime.aws import event_bridge
from lambdas.runtime.telemetry import log_unexpected

if TYPE_CHECKING:
    from mypy_boto3_events.client import EventBridgeClient

SOURCE = "order-queues"
MAX_ENTRIES = 10  # PutEvents takes no more at once


class Bus(Protocol):
    def put(self, events: Sequence[OrderEvent]) -> list[OrderEvent]:
        """Send the events, in order for each order. Return those that were not accepted, with all later ones of their orders."""
        ...


class EventBridgeBus:
    def __init__(self, name: str, client: "EventBridgeClient | None" = None) -> None:
        self._name = name
        self._client = client or event_bridge()

    def put(self, events: Sequence[OrderEvent]) -> list[OrderEvent]:
        left, kept = list(events), list[OrderEvent]()
        while left:
            call = _sendable(left)
            try:
                refused = self._refused(call)
            except (BotoCoreError, ClientError) as error:
                log_unexpected("the event bus does not answer", error)
                return [event for event in events if event in kept or event in left]
            held = {event.order_id for event in refused}
            kept += refused + [event for event in left if event.order_id in held and event not in call]
            left = [event for event in left if event not in call and event.order_id not in held]
        return [event for event in events if event in kept]

    def _refused(self, call: Sequence[OrderEvent]) -> list[OrderEvent]:
        answer = self._client.put_events(
            Entries=[
                {
                    "EventBusName": self._name,
                    "Source": SOURCE,
                    "DetailType": happened.name,
                    "Detail": happened.model_dump_json(exclude_none=True),
                }
                for happened in call
            ]
        )
        if not answer["FailedEntryCount"]:
            return []
        return [event for event, entry in zip(call, answer["Entries"], strict=True) if entry.get("ErrorCode")]


def _sendable(events: Sequence[OrderEvent]) -> list[OrderEvent]:
    """The events of the next call: at most one per order, because a call may accept some entries and refuse others."""
    first = dict[str, OrderEvent]()
    for event in events:
        first.setdefault(event.order_id, event)
        if len(first) == MAX_ENTRIES:
            break
    return list(first.values())
