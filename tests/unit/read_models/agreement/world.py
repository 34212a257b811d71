"""A thousand orders at work and the announcer behind their stream, on a day on which much goes wrong."""

import random
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from botocore.exceptions import EndpointConnectionError
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.orders.model.order import Order
from lambdas.orders.store import DynamoOrderStore, order_item
from lambdas.outbox.announcer import Follower, SentEvents, announce
from lambdas.outbox.changes import Record, batch_response
from lambdas.read_models.desk_followers import DeskFollower
from lambdas.read_models.history.history import History
from lambdas.read_models.history.table import HistoryTable
from lambdas.read_models.numbers.days import DayNumbers
from lambdas.read_models.search.entries import SearchEntries
from lambdas.read_models.worklist.follower import Worklist
from lambdas.records.step_counts import StepCounts
from lambdas.records.table import RecordTable
from tests.support.fakes import FakeBus, FakeDeadLetters
from tests.support.tables import make_order_table, make_table
from tests.unit.read_models.agreement.crowds import Crowd, record_as_it_stands, stream_record

BATCH = 100
HOUR = 3_600


@dataclass
class Unreliable:
    """A follower whose table does not answer now and then."""

    follower: Follower
    dice: random.Random
    fails: float = 0.0

    def follow(self, old: Order | None, new: Order | None) -> None:
        if self.fails and self.dice.random() < self.fails:
            raise EndpointConnectionError(endpoint_url="https://dynamodb")
        self.follower.follow(old, new)


@dataclass
class World:
    """`lost`: by order, changes that the stream no longer had when somebody looked. `told`: all that followers came to hear."""

    client: DynamoDBClient
    crowd: Crowd
    records: list[Record] = field(default_factory=list)
    letters: FakeDeadLetters = field(default_factory=FakeDeadLetters)
    lost: Counter[str] = field(default_factory=Counter)
    told: list[tuple[Order | None, Order]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice, client, clock = random.Random(self.crowd.seed + 1), self.client, self.crowd.clock
        make_order_table(client, "orders")
        self.store = DynamoOrderStore("orders", client)
        self.desk, self.counts, self.history = (
            RecordTable(make_table(client, name), client) for name in ("desk", "records", "history")
        )
        self.desk_followers: dict[str, DeskFollower] = {
            "search": SearchEntries(self.desk),
            "numbers": DayNumbers(self.desk, clock),
            "worklist": Worklist(self.desk),
        }
        self.delivered = self.made = 0
        self.restart()

    def restart(self) -> None:
        """The function's process ends, and another one remembers nothing."""
        self.step_counts = StepCounts(self.counts)
        followers: dict[str, Follower] = {
            "step counts": self.step_counts,
            "history": History(HistoryTable(self.history), self.crowd.clock),
            **self.desk_followers,
        }
        self.followers = {name: Unreliable(each, self.dice) for name, each in followers.items()}
        self._announce = partial(
            announce, bus=FakeBus(), followers=self.followers, dead_letters=self.letters, sent=SentEvents()
        )

    def hear(self) -> None:
        """The stream delivers what happened since, in batches, each again from the first record that failed."""
        self._record()
        while self.delivered < len(self.records):
            batch = self.records[self.delivered : self.delivered + BATCH]
            failed = batch_response(batch, self._announce(batch))["batchItemFailures"]
            if not failed:
                self.delivered += len(batch)
                continue
            numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
            self.delivered += numbers.index(failed[0]["itemIdentifier"])

    def set_aside(self, count: int) -> list[Record]:
        """Take so many records out of what happened since: dead letters, to be redriven later or to be lost."""
        self._record()
        fresh = self.records[self.delivered :]
        taken = self.dice.sample([record for record in fresh if "OldImage" in record["dynamodb"]], count)
        self.records[self.delivered :] = [record for record in fresh if record not in taken]
        return taken

    def redrive(self, records: list[Record]) -> None:
        """Deliver them, in an order of chance, until all are taken."""
        waiting = self.dice.sample(records, len(records))
        while waiting:
            again = set(self._announce(waiting))
            waiting = [record for record in waiting if record["dynamodb"]["SequenceNumber"] in again]

    def lose(self, records: list[Record]) -> None:
        """The stream has them no more: a redrive sends their orders as they stand."""
        self.lost += Counter(record["dynamodb"]["Keys"]["pk"]["S"] for record in records)
        numbers = range(self.made + 1_000_000, self.made + 1_000_000 + len(self.lost))
        self.redrive(
            [
                record_as_it_stands(self.crowd.store.get(order_id), number)
                for order_id, number in zip(sorted(self.lost), numbers, strict=True)
            ]
        )
        gone = {
            (record["dynamodb"]["Keys"]["pk"]["S"], record["dynamodb"]["NewImage"]["revision"]["N"])
            for record in records
        }
        self.told = [each for each in self.told if (each[1].order_id, str(each[1].revision)) not in gone]
        self.told += [(None, self.crowd.store.get(order_id)) for order_id in self.lost]

    def write_orders(self) -> None:
        """Bring the order table to what orders are now, for commands that read it."""
        self.told += [(None, order) for order in self.crowd.orders]
        for order in self.crowd.orders:
            self.client.put_item(TableName="orders", Item=order_item(order))

    def _record(self) -> None:
        fresh = self.crowd.changes[self.made :]
        self.records += [stream_record(change, self.made + place) for place, change in enumerate(fresh)]
        self.made += len(fresh)
        self.told += [(change.old, change.new) for change in fresh]
