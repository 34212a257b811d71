"""The stream, its two readers, the bus: nothing lost, nothing held up for ever."""

import json

import pytest

from infra.queue_folders import read_queues
from tests.infra.template import Synthesized, name_of

DAY_SECONDS = 24 * 60 * 60


each_reader = pytest.mark.parametrize(("stream", "reader"), [("OrderStream", "Relay"), ("EventStream", "Announcer")])


@each_reader
def test_a_reader_reads_the_order_stream_from_its_beginning(stage: Synthesized, stream: str, reader: str) -> None:
    mapping = stage.properties(f"Outbox{stream}")

    assert name_of(mapping["FunctionName"]) == f"Outbox{reader}Function"
    assert name_of(mapping["EventSourceArn"]) == "StorageOrderTable.StreamArn"
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["BatchSize"] == 100
    assert mapping["MaximumBatchingWindowInSeconds"] == 0


@each_reader
def test_what_does_not_go_through_is_tried_for_hours_and_given_up_while_the_stream_still_has_it(
    stage: Synthesized, stream: str, reader: str
) -> None:
    mapping = stage.properties(f"Outbox{stream}")

    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BisectBatchOnFunctionError"] is True
    assert "MaximumRetryAttempts" not in mapping  # its age decides
    assert 0 < mapping["MaximumRecordAgeInSeconds"] <= DAY_SECONDS // 2
    assert name_of(mapping["DestinationConfig"]["OnFailure"]["Destination"]) == "OutboxDeadLetters"


@each_reader
def test_only_the_order_item_wakes_a_reader(stage: Synthesized, stream: str, reader: str) -> None:
    mapping = stage.properties(f"Outbox{stream}")
    (filtered,) = mapping["FilterCriteria"]["Filters"]

    assert json.loads(filtered["Pattern"]) == {"dynamodb": {"Keys": {"sk": {"S": ["order"]}}}}


def test_dead_letters_are_encrypted_and_wait_two_weeks(stage: Synthesized) -> None:
    queue = stage.properties("OutboxDeadLetters")
    policy = stage.properties("OutboxDeadLettersPolicy")
    (refusal,) = policy["PolicyDocument"]["Statement"]

    assert queue["SqsManagedSseEnabled"] is True
    assert queue["MessageRetentionPeriod"] == 14 * DAY_SECONDS
    assert (refusal["Effect"], refusal["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_the_bus_is_named_as_people_type_it(stage: Synthesized) -> None:
    assert stage.properties("OutboxBus")["Name"] == f"{stage.settings.stage}-orders"
    assert name_of(stage.functions["OutboxAnnouncer"]["Environment"]["Variables"]["EVENT_BUS"]) == "OutboxBus"


def test_the_relay_knows_the_machine_of_every_queue_by_its_id(stage: Synthesized) -> None:
    machines = json.loads(name_of(stage.functions["OutboxRelay"]["Environment"]["Variables"]["MACHINES"]))

    assert set(machines) == {str(queue.order_queue_id) for queue in read_queues(stage.sources / "statemachines")}
    assert machines["9001"] == "QueuesSampleMachine"
