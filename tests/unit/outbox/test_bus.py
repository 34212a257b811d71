"""Events go to the bus in order, ten at a time; the first that was not taken is named."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from lambdas.orders.events import OrderEvent, changes
from lambdas.outbox.bus import MAX_ENTRIES, SOURCE, EventBridgeBus
from tests.build import an_order


@pytest.fixture(scope="module")
def client() -> Any:
    return boto3.client("events", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")


@pytest.fixture
def stub(client: Any) -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def events(count: int) -> list[OrderEvent]:
    return [changes(None, an_order(order_id=str(number)))[0] for number in range(count)]


def answer(*refused: int, entries: int) -> dict[str, Any]:
    results = [{"ErrorCode": "ThrottlingException"} if at in refused else {"EventId": "e"} for at in range(entries)]
    return {"FailedEntryCount": len(refused), "Entries": results}


def entry(event: OrderEvent) -> dict[str, Any]:
    detail = json.dumps(event.model_dump(exclude_none=True), separators=(",", ":"))
    return {"EventBusName": "bus", "Source": SOURCE, "DetailType": event.name, "Detail": detail}


def test_an_event_is_an_entry_with_its_name_and_payload(client: Any, stub: Stubber) -> None:
    (event,) = events(1)
    stub.add_response("put_events", answer(entries=1), {"Entries": [entry(event)]})

    assert EventBridgeBus("bus", client).put([event]) is None


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (10, [10]), (11, [10, 1]), (25, [10, 10, 5])])
def test_events_go_out_in_order_ten_at_a_time(client: Any, stub: Stubber, count: int, sizes: list[int]) -> None:
    sent = events(count)
    for start, size in zip(range(0, count, MAX_ENTRIES), sizes, strict=True):
        entries = [entry(event) for event in sent[start : start + size]]
        stub.add_response("put_events", answer(entries=size), {"Entries": entries})

    assert EventBridgeBus("bus", client).put(sent) is None


@pytest.mark.parametrize(("refused", "first"), [((0,), 0), ((9,), 9), ((3, 7), 3)])
def test_the_first_refused_event_is_named_and_no_later_ones_are_sent(
    client: Any, stub: Stubber, refused: tuple[int, ...], first: int
) -> None:
    stub.add_response("put_events", answer(*refused, entries=10), {"Entries": ANY})

    assert EventBridgeBus("bus", client).put(events(25)) == first


def test_a_refusal_in_a_later_ten_is_counted_from_the_first(client: Any, stub: Stubber) -> None:
    stub.add_response("put_events", answer(entries=10), {"Entries": ANY})
    stub.add_response("put_events", answer(2, entries=10), {"Entries": ANY})

    assert EventBridgeBus("bus", client).put(events(20)) == 12
