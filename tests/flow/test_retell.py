"""What the relay gave up on is passed on by `make retell`: the order that stood still goes on, with nothing done twice."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from rich.console import Console

from infra.retell import Relay, retell
from tests.flow.conftest import Shop, new_client_order, until

pytestmark = pytest.mark.engine


@pytest.fixture
def relay(shop: Shop) -> Relay:
    functions, sqs = shop.client("lambda"), shop.client("sqs")
    found = functions.list_functions()["Functions"]
    queues = sqs.list_queues()["QueueUrls"]
    return Relay(
        sqs=sqs,
        streams=shop.client("dynamodbstreams"),
        functions=functions,
        dead_letters=next(url for url in queues if "OutboxDeadLetters" in url),
        function=next(each["FunctionName"] for each in found if "relay" in each["Handler"]),
    )


@contextmanager
def broken(relay: Relay) -> Iterator[None]:
    """The relay knows no machine, and is given one try instead of eleven."""
    configuration = relay.functions.get_function_configuration(FunctionName=relay.function)
    (mapping,) = relay.functions.list_event_source_mappings(FunctionName=relay.function)["EventSourceMappings"]
    variables = configuration["Environment"]["Variables"]
    without = {**variables, "MACHINES": "{}"}
    relay.functions.update_function_configuration(FunctionName=relay.function, Environment={"Variables": without})
    relay.functions.update_event_source_mapping(UUID=mapping["UUID"], MaximumRetryAttempts=0)
    try:
        yield
    finally:
        relay.functions.update_function_configuration(FunctionName=relay.function, Environment={"Variables": variables})
        relay.functions.update_event_source_mapping(UUID=mapping["UUID"], MaximumRetryAttempts=10)


def parked(relay: Relay) -> int | None:
    attributes: dict[str, Any] = relay.sqs.get_queue_attributes(
        QueueUrl=relay.dead_letters, AttributeNames=["ApproximateNumberOfMessages"]
    )["Attributes"]
    return int(attributes["ApproximateNumberOfMessages"]) or None


def told(relay: Relay) -> tuple[int, str]:
    said = io.StringIO()
    return retell(relay, Console(file=said, width=200)), said.getvalue()


def test_an_order_whose_start_was_given_up_goes_on_when_it_is_told_again(shop: Shop, relay: Relay) -> None:
    with broken(relay):
        order_id = shop.done("order.create", new_client_order())["order_id"]
        shop.done("order.submit", {"order_id": order_id})
        until("the relay gives up", lambda: parked(relay))
        code, said = told(relay)
        assert code == 1
        assert "were not taken" in said

    code, said = told(relay)

    assert code == 0, said
    assert f"of order {order_id}" in said
    shop.until_step(order_id, "complete")
    assert told(relay) == (0, "nothing is left to be passed on\n")
