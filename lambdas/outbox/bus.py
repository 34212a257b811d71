"""The event bus, as far as the relay needs it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from lambdas.orders.events import OrderEvent
from lambdas.runtime.aws import event_bridge

if TYPE_CHECKING:
    from mypy_boto3_events.client import EventBridgeClient

SOURCE = "order-queues"
MAX_ENTRIES = 10  # PutEvents takes no more at once


class Bus(Protocol):
    def put(self, events: Sequence[OrderEvent]) -> int | None:
        """Send in order; returns the index of the first event that was not accepted, None if all were."""
        ...


class EventBridgeBus:
    def __init__(self, name: str, client: "EventBridgeClient | None" = None) -> None:
        self._name = name
        self._client = client or event_bridge()

    def put(self, events: Sequence[OrderEvent]) -> int | None:
        for start in range(0, len(events), MAX_ENTRIES):
            entries = events[start : start + MAX_ENTRIES]
            answer = self._client.put_events(
                Entries=[
                    {
                        "EventBusName": self._name,
                        "Source": SOURCE,
                        "DetailType": happened.name,
                        "Detail": happened.model_dump_json(exclude_none=True),
                    }
                    for happened in entries
                ]
            )
            if answer["FailedEntryCount"]:
                codes = [entry.get("ErrorCode") for entry in answer["Entries"]]
                return start + next(index for index, code in enumerate(codes) if code)
        return None
