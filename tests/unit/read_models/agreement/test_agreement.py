"""A crowd of orders at work, a thousand by `make thorough`, while followers die, tables refuse, and changes come twice, late or
never: all that is read of orders agrees with a look at every order, and whoever tampers with history is found.
"""

import io
import random
from collections import Counter

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient
from rich.console import Console

from infra.operate import rebuild
from infra.operate.rebuild import Rebuild
from infra.operate.verify_history import Verification
from lambdas.api.orders.views import order_view
from lambdas.orders.model.order import Order
from lambdas.read_models.history.history import name_of
from lambdas.read_models.history.item import HistoryItem
from lambdas.read_models.history.past import NotInHistoryError
from lambdas.read_models.history.reading import HistoryReader
from lambdas.read_models.history.table import HistoryTable
from lambdas.runtime.items import to_item
from tests.support.thorough import examples, is_thorough
from tests.unit.read_models.agreement.crowds import Crowd
from tests.unit.read_models.agreement.readings import (
    assert_found,
    counted,
    numbers_kept,
    numbers_of_changes,
    read_worklist,
    waiting_orders,
)
from tests.unit.read_models.agreement.tampering import TAMPERINGS, put
from tests.unit.read_models.agreement.world import HOUR, World

MOMENTS, TAMPERED = 200, 12


@pytest.mark.parametrize("seed", range(examples(1)))
def test_on_a_bad_day_all_that_is_read_of_orders_agrees_with_the_orders(
    dynamodb: DynamoDBClient, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(rebuild, "_AT_ONCE", 1)  # moto lets other threads in between
    world = a_bad_day(dynamodb, seed)

    assert world.letters.letters == []
    assert read_worklist(world) == waiting_orders(world)
    assert_found(world, 40)
    assert counted(world) == Counter((order.order_queue_id, order.step_id) for order in world.crowd.orders)
    assert numbers_kept(world) == numbers_of_changes(world)
    assert_recorded(world)
    assert_remembered(world, MOMENTS)
    assert_tampering_is_found(world, TAMPERED)


def a_bad_day(client: DynamoDBClient, seed: int) -> World:
    """Deaths, outages, dead letters, losses and a rebuild, while orders come and people work."""
    orders, busy = (1_000, 4.0) if is_thorough() else (250, 0.25)
    world = World(client, Crowd(seed, seconds=60 if is_thorough() else 300))
    crowd = world.crowd
    crowd.arrive(orders // 2)
    crowd.work(int(500 * busy))
    world.hear()
    for follower in world.followers.values():
        follower.fails = 0.02
    crowd.work(int(200 * busy))
    world.hear()

    dead_since = crowd.clock.time
    while crowd.clock.time < dead_since + HOUR:
        crowd.work(20)
    world.restart()  # it died for an hour
    world.hear()

    crowd.arrive(orders - orders // 2)
    crowd.work(int(500 * busy))
    late, lost = world.set_aside(60), world.set_aside(20)
    world.hear()
    crowd.work(int(150 * busy))
    write_orders_and_rebuild(world)  # while changes are on their way
    world.hear()
    crowd.clock.time += HOUR
    world.redrive([*late, *world.dice.sample(world.records, 200)])
    world.lose(lost)
    crowd.work(int(150 * busy))
    world.hear()
    world.write_orders()
    return world


def write_orders_and_rebuild(world: World) -> None:
    world.write_orders()
    run_rebuild(world)


def run_rebuild(world: World) -> None:
    said = io.StringIO()
    command = Rebuild(world.client, "orders", world.desk, world.desk_followers)
    assert command.run(Console(file=said), start=True) == 0, said.getvalue()


def verified(world: World, *order_ids: str) -> tuple[int, str]:
    said = io.StringIO()
    command = Verification(world.client, "orders", "history", pause=lambda seconds: None)
    return command.run(Console(file=said, width=200), order_ids), said.getvalue()


def assert_recorded(world: World) -> None:
    """Each revision that was not lost has its item, and all chains are whole."""
    table = HistoryTable(world.history)
    recorded = {
        (order.order_id, HistoryItem.read(record).revision)
        for order in world.crowd.orders
        for record in table.of_order(name_of(order))
    }
    made = {(change.new.order_id, change.new.revision) for change in world.crowd.changes}
    assert recorded <= made
    assert {order_id for order_id, _ in made - recorded} <= set(world.lost)
    assert len(made - recorded) <= world.lost.total()
    code, said = verified(world)
    assert (code, f"{len(world.crowd.orders)} chains" in said) == (0, True), said


def assert_remembered(world: World, moments: int) -> None:
    """`order.get at=` is the order as it was; a moment that the stream lost is refused and never wrong."""
    reader, dice, now = HistoryReader(HistoryTable(world.history)), random.Random(2), world.crowd.clock()
    by_order: dict[str, list[Order]] = {}
    times: dict[str, list[int]] = {}
    for change in world.crowd.changes:
        by_order.setdefault(change.new.order_id, []).append(change.new)
        times.setdefault(change.new.order_id, []).append(change.at)
    shown = 0
    for _ in range(moments):
        order_id = dice.choice(list(by_order))
        place = dice.randrange(len(by_order[order_id]))
        order, then = world.crowd.store.get(order_id), by_order[order_id][place]
        asked = str(then.revision)
        if dice.random() < 0.5:
            at = dice.randint(times[order_id][0], now)
            then = next(
                each
                for each, when in zip(reversed(by_order[order_id]), reversed(times[order_id]), strict=True)
                if when <= at
            )
            asked = str(at)
        try:
            seen = reader.as_of(order, asked, now)
        except NotInHistoryError:
            assert order_id in world.lost
            continue
        assert (order_view(seen), seen.revision) == (order_view(then), then.revision), (order_id, asked)
        shown += 1
    assert shown >= moments - 2 * len(world.lost)


def assert_tampering_is_found(world: World, times: int) -> None:
    """Whatever somebody does with an item whose neighbours know it, `make verify-history` names its order."""
    dice, table = random.Random(3), HistoryTable(world.history)
    for number in range(times):
        order = dice.choice([order for order in world.crowd.orders if order.revision > 5])
        records = list(table.of_order(name_of(order)))
        tamper = TAMPERINGS[number % len(TAMPERINGS)]
        tamper(world, records, dice)
        code, said = verified(world, order.order_id)
        assert (code, f"order {order.order_id}, item" in said) == (1, True), (tamper.__name__, said)
        for record in table.of_order(name_of(order)):
            key = to_item({name: record[name] for name in ("pk", "sk")})
            world.client.delete_item(TableName="history", Key=key)
        for record in records:
            put(world, record)
    assert verified(world)[0] == 0
