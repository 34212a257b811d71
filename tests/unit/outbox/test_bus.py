"""Events go to the bus ten at a time, those of an order in their order; what was not taken is returned."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from lambdas.orders.events import OrderEvent, changes
from lambdas.outbox.bus import MAX_ENTRIES, SOURCE, EventBridgeBus
from tests.support.build import an_order


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

    assert EventBridgeBus("bus", client).put([event]) == []


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (10, [10]), (11, [10, 1]), (25, [10, 10, 5])])
def test_events_go_out_in_order_ten_at_a_time(client: Any, stub: Stubber, count: int, sizes: list[int]) -> None:
    sent = events(count)
    for start, size in zip(range(0, count, MAX_ENTRIES), sizes, strict=True):
        entries = [entry(event) for event in sent[start : start + size]]
        stub.add_response("put_events", answer(entries=size), {"Entries": entries})

    assert EventBridgeBus("bus", client).put(sent) == []


def test_what_was_refused_is_returned_and_the_others_go_out(client: Any, stub: Stubber) -> None:
    sent = events(25)
    stub.add_response("put_events", answer(3, 7, entries=10), {"Entries": ANY})
    stub.add_response("put_events", answer(entries=10), {"Entries": ANY})
    stub.add_response("put_events", answer(0, entries=5), {"Entries": ANY})

    assert EventBridgeBus("bus", client).put(sent) == [sent[3], sent[7], sent[20]]


def test_an_event_never_overtakes_one_of_its_order_that_was_refused(client: Any, stub: Stubber) -> None:
    first, other = events(2)
    second = first.changed(name="OrderSubmitted", event_id="x")
    stub.add_response("put_events", answer(0, entries=2), {"Entries": [entry(first), entry(other)]})

    assert EventBridgeBus("bus", client).put([first, second, other]) == [first, second]


def test_events_of_one_order_go_one_call_after_the_other(client: Any, stub: Stubber) -> None:
    first, other = events(2)
    second = first.changed(name="OrderSubmitted", event_id="x")
    stub.add_response("put_events", answer(entries=2), {"Entries": [entry(first), entry(other)]})
    stub.add_response("put_events", answer(entries=1), {"Entries": [entry(second)]})

    assert EventBridgeBus("bus", client).put([first, second, other]) == []


def test_a_bus_that_does_not_answer_is_asked_once_and_all_that_is_left_is_kept(client: Any, stub: Stubber) -> None:
    sent = events(25)
    stub.add_response("put_events", answer(entries=10), {"Entries": ANY})
    stub.add_client_error("put_events", "InternalException")

    assert EventBridgeBus("bus", client).put(sent) == sent[10:]
