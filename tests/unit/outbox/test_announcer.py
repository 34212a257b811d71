"""The announcer counts and tells: neither waits for the other, and what is kept goes out later, that of an order in its order."""

import json
from typing import Any

from lambdas.orders.events import AS_IT_STANDS
from lambdas.outbox.announcer import Follower, SentEvents, announce
from lambdas.outbox.dead_letters import DeadLetters
from tests.support.fakes import FakeBus, FakeCounts, FakeDeadLetters
from tests.unit.outbox.test_relay import broken, lead, record, submitted


def tell(
    records: list[dict[str, Any]],
    bus: FakeBus,
    counts: FakeCounts | None = None,
    dead_letters: FakeDeadLetters | None = None,
    sent: SentEvents | None = None,
) -> list[str]:
    return announce(
        records, bus, {"counts": counts or FakeCounts()}, dead_letters or FakeDeadLetters(), sent or SentEvents()
    )


def told(bus: FakeBus) -> list[str]:
    return [f"{event.order_id} {event.name}" for event in bus.accepted]


def test_changes_are_told_in_the_order_of_the_stream() -> None:
    bus, counts = FakeBus(), FakeCounts()
    first, second = lead("1001"), lead("1002")

    assert tell([record(1, first), record(2, second), record(3, submitted(first), first)], bus, counts) == []
    assert told(bus) == ["1001 OrderCreated", "1002 OrderCreated", "1001 OrderSubmitted", "1001 OrderStepEntered"]
    assert counts.followed == [(None, 11), (None, 11), (11, 12)]


def test_an_order_that_its_time_to_live_removed_says_nothing_and_is_counted_out() -> None:
    bus, counts = FakeBus(), FakeCounts()

    assert tell([record(1, None, lead("1001"))], bus, counts) == []
    assert bus.accepted == []
    assert counts.followed == [(11, None)]


def test_a_count_that_fails_comes_again_and_holds_up_neither_events_nor_other_counts() -> None:
    bus, counts = FakeBus(), FakeCounts(fails_on={"1001"})

    assert tell([record(1, lead("1001")), record(2, lead("1002"))], bus, counts) == ["1"]
    assert counts.followed == [(None, 11)]
    assert told(bus) == ["1001 OrderCreated", "1002 OrderCreated"]


def test_while_the_bus_does_not_answer_everything_is_counted_and_goes_out_later_once() -> None:
    bus, counts, sent = FakeBus(refuses=1), FakeCounts(), SentEvents()
    first = lead("1001")
    batch = [record(1, first), record(2, submitted(first), first), record(3, lead("1002"))]

    assert tell(batch, bus, counts, sent=sent) == ["2", "2", "3"]
    assert len(counts.followed) == 3
    bus.refuses = None
    assert tell(batch, bus, counts, sent=sent) == []
    assert told(bus) == ["1001 OrderCreated", "1001 OrderSubmitted", "1001 OrderStepEntered", "1002 OrderCreated"]


def test_a_batch_that_another_process_tells_again_has_the_same_ids() -> None:
    bus = FakeBus()
    batch = [record(1, lead("1001")), record(2, submitted(lead("1001")), lead("1001"))]
    for _ in range(2):
        assert tell(batch, bus) == []

    half = len(bus.accepted) // 2
    assert bus.accepted[:half] == bus.accepted[half:]


def test_a_row_that_cannot_be_read_is_set_aside_and_the_others_are_told() -> None:
    bus, dead_letters = FakeBus(), FakeDeadLetters()

    assert tell([broken(1, lead("1001")), record(2, lead("1002"))], bus, dead_letters=dead_letters) == []
    assert [order_id for order_id, _ in dead_letters.letters] == ["1001"]
    assert told(bus) == ["1002 OrderCreated"]


def test_what_an_order_merely_is_is_counted_and_not_told() -> None:
    bus, counts = FakeBus(), FakeCounts()
    stands = record(1, submitted(lead("1001"))) | {"eventName": AS_IT_STANDS}

    assert tell([stands], bus, counts) == []
    assert (bus.accepted, counts.followed) == ([], [(None, 12)])


class Queue:
    def __init__(self) -> None:
        self.letters: list[dict[str, Any]] = []

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:
        self.letters.append(json.loads(MessageBody))


def test_a_letter_names_the_order_its_place_in_the_stream_and_the_reader_and_nothing_of_the_person() -> None:
    queue = Queue()
    letters = DeadLetters("url", "relay", queue)
    told = record(7, lead("1001")) | {"eventSourceARN": "arn:stream"}
    told["dynamodb"]["ApproximateCreationDateTime"] = 1_800_000_000.0
    for _ in range(2):  # the batch comes again
        letters.send(told, "these of its fields cannot be read: hash")

    (letter,) = queue.letters
    assert letter["DDBStreamBatchInfo"] == {
        "streamArn": "arn:stream",
        "startSequenceNumber": "7",
        "endSequenceNumber": "7",
        "batchSize": 1,
        "approximateArrivalOfFirstRecord": "2027-01-15T08:00:00+00:00",
    }
    assert (letter["orderId"], letter["requestContext"]["functionArn"]) == ("1001", "relay")
    assert "ada@example.com" not in json.dumps(letter)


class Unsteady:
    """A follower that fails in its own way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def follow(self, old: Any, new: Any) -> None:
        raise self._error


def test_a_follower_that_fails_stops_no_other_and_its_change_comes_again() -> None:
    bus, counts, letters = FakeBus(), FakeCounts(), FakeDeadLetters()
    followers: dict[str, Follower] = {"first": Unsteady(OSError("no answer")), "counts": counts}

    assert announce([record(1, lead("1001"))], bus, followers, letters, SentEvents()) == ["1"]
    assert counts.followed == [(None, 11)]
    assert letters.letters == []


def test_a_change_that_no_retry_helps_is_set_aside_once_all_others_have_it() -> None:
    counts, letters = FakeCounts(), FakeDeadLetters()
    hopeless, silent = Unsteady(ValueError("a fault in the code")), Unsteady(OSError("no answer"))

    followers: dict[str, Follower] = {"first": hopeless, "second": silent, "counts": counts}
    assert announce([record(1, lead("1001"))], FakeBus(), followers, letters, SentEvents()) == ["1"]
    assert letters.letters == []
    del followers["second"]
    assert announce([record(1, lead("1001"))], FakeBus(), followers, letters, SentEvents()) == []
    assert [order_id for order_id, _ in letters.letters] == ["1001"]
    assert len(counts.followed) == 2
