"""What the relay gave up on is passed on by `make redrive`: the order that stood still goes on, with nothing done twice."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from lambdas.redrive.redriving import Readers, redrive
from lambdas.runbooks.runbook import Verb
from tests.flow.conftest import Shop, new_client_order, until
from tests.flow.staff.automations import automation

pytestmark = pytest.mark.engine


@pytest.fixture
def relay(shop: Shop) -> Readers:
    functions, sqs = shop.client("lambda"), shop.client("sqs")
    found = functions.list_functions()["Functions"]
    queues = sqs.list_queues()["QueueUrls"]
    return Readers(
        sqs=sqs,
        streams=shop.client("dynamodbstreams"),
        functions=functions,
        dead_letters=next(url for url in queues if "OutboxDeadLetters" in url),
        dynamodb=shop.dynamodb,
        names=tuple(
            next(each["FunctionName"] for each in found if reader in each["Handler"])
            for reader in ("relay", "announcer")
        ),
        order_table=shop.stack.order_table,
    )


@contextmanager
def broken(relay: Readers) -> Iterator[None]:
    """The relay knows no machine."""
    with told_otherwise(relay.functions, relay.names[0], MACHINES="{}"):
        yield


@contextmanager
def told_otherwise(functions: Any, name: str, **variables: str) -> Iterator[None]:
    """A function with these in its environment meanwhile. `functions`: a client of Lambda."""
    before = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": {**before, **variables}})
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": before})


def parked(relay: Readers) -> int | None:
    attributes: dict[str, Any] = relay.sqs.get_queue_attributes(
        QueueUrl=relay.dead_letters, AttributeNames=["ApproximateNumberOfMessages"]
    )["Attributes"]
    return int(attributes["ApproximateNumberOfMessages"]) or None


def told(relay: Readers) -> tuple[int, str]:
    said = io.StringIO()
    return redrive(relay, lambda text: print(text, file=said)), said.getvalue()


def test_an_order_whose_start_was_given_up_goes_on_when_it_is_told_again(shop: Shop, relay: Readers) -> None:
    with broken(relay):
        order_id = shop.done("order.create", new_client_order())["order_id"]
        shop.done("order.submit", {"order_id": order_id})
        until("the relay gives up", lambda: letters_about(relay, order_id))
        code, said = told(relay)
        assert code == 1
        assert "were refused" in said

    code, said = told(relay)

    assert code == 0, said
    assert f"of order {order_id}" in said
    shop.until_step(order_id, "complete")
    assert told(relay) == (0, "no dead letters remain\n")


def letters_about(relay: Readers, order_id: str) -> list[dict[str, Any]] | None:
    found = relay.sqs.receive_message(QueueUrl=relay.dead_letters, MaxNumberOfMessages=10, VisibilityTimeout=0)
    bodies = (json.loads(message["Body"]) for message in found.get("Messages", ()))
    return [body for body in bodies if body.get("orderId") == order_id] or None


def spoil(shop: Shop, order_id: str, step_id: Any) -> None:
    """Somebody edits the row in the console."""
    shop.dynamodb.update_item(
        TableName=shop.stack.order_table,
        Key={"pk": {"S": order_id}, "sk": {"S": "order"}},
        UpdateExpression="SET step_id = :wrong",
        ExpressionAttributeValues={":wrong": step_id},
    )


def listed(shop: Shop, *order_ids: str) -> dict[str, Any] | None:
    """A list of leads that has all of these, readable or not."""
    page = shop.done("order.list", {"order_queue_id": 1, "direction": "desc", "limit": 100})
    found = {order["order_id"] for key in ("orders", "unreadable") for order in page[key]}
    return page if found >= set(order_ids) else None


def test_a_row_edited_by_hand_is_set_aside_alone_and_goes_on_once_it_is_mended(shop: Shop, relay: Readers) -> None:
    spoiled, *others = (str(shop.done("order.create", new_client_order())["order_id"]) for _ in range(4))
    spoil(shop, spoiled, {"S": "Processing"})
    for order_id in others:
        shop.done("order.submit", {"order_id": order_id})
    for order_id in others:
        shop.until_step(order_id, "complete")

    letters = until("the row is set aside by name", lambda: letters_about(relay, spoiled))
    assert {"step_id" in letter["why"] for letter in letters} == {True}
    page = until("all are listed", lambda: listed(shop, spoiled, *others))
    assert [order["order_id"] for order in page["unreadable"]] == [spoiled]
    assert shop.sweep() is not None
    code, said = told(relay)
    assert (code, f"changes of order {spoiled} were refused" in said) == (1, True), said

    spoil(shop, spoiled, {"N": "11"})
    until("both readers have met the mended row", lambda: _both(letters_about(relay, spoiled)))
    code, said = told(relay)

    assert code == 0, said
    assert f"order {spoiled}: its changes are unreadable, so its present state was sent" in said
    shop.done("order.submit", {"order_id": spoiled})
    shop.until_step(spoiled, "complete")


def _both(letters: list[dict[str, Any]] | None) -> bool | None:
    """Each reader has set aside two changes: the one that spoiled the row, and the one that mended it."""
    return (
        len({(each["requestContext"]["functionArn"], json.dumps(each["DDBStreamBatchInfo"])) for each in letters or ()})
        >= 4
        or None
    )


def test_orders_go_on_while_the_event_bus_does_not_answer_and_their_events_go_out_later_in_order(
    shop: Shop, relay: Readers
) -> None:
    events, sqs = shop.client("events"), shop.client("sqs")
    queue = sqs.create_queue(QueueName="kept-events")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="kept", EventBusName=shop.stack.event_bus, EventPattern='{"source": ["order-queues"]}')
    events.put_targets(Rule="kept", EventBusName=shop.stack.event_bus, Targets=[{"Id": "1", "Arn": arn}])
    with told_otherwise(relay.functions, relay.names[1], AWS_ENDPOINT_URL_EVENTS="http://127.0.0.1:9"):
        order_id = str(shop.done("order.create", new_client_order())["order_id"])
        shop.done("order.submit", {"order_id": order_id})
        shop.until_step(order_id, "complete")
    names: list[str] = []

    def completed() -> bool | None:
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", ()):
            event = json.loads(message["Body"])
            names.extend([event["detail-type"]] if event["detail"]["order_id"] == order_id else [])
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return "OrderCompleted" in names or None

    until("what was kept goes out", completed)
    events.remove_targets(Rule="kept", EventBusName=shop.stack.event_bus, Ids=["1"])
    events.delete_rule(Name="kept", EventBusName=shop.stack.event_bus)
    assert names[:3] == ["OrderCreated", "OrderSubmitted", "OrderStepEntered"]
    assert names[-1] == "OrderCompleted"


def test_a_runbook_shows_dead_letters_and_sends_them_again(shop: Shop, relay: Readers) -> None:
    console = automation(shop)
    with broken(relay):
        order_id = str(shop.done("order.create", new_client_order())["order_id"])
        shop.done("order.submit", {"order_id": order_id})
        until("the start is given up", lambda: parked(relay))

    shown = console.start(Verb.DEAD_LETTERS)
    assert shown.status == "Success", shown.failure
    assert f"of order {order_id}" in shown.text
    assert "are in the stream" in shown.text
    assert "nothing was sent" in shown.text

    until("the letter is visible again", lambda: parked(relay))
    sent = console.start(Verb.DEAD_LETTERS, Preview="no")
    assert sent.status == "Success", sent.failure
    assert f"order {order_id}" in sent.text
    shop.until_step(order_id, "complete")
