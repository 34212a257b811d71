"""What is read of a world's orders, each beside a look at every order."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from lambdas.orders.decisions.open_work import open_work
from lambdas.read_models.numbers.days import DayNumbers
from lambdas.read_models.numbers.facts import Fact, day_of, new_facts
from lambdas.read_models.search.entries import SearchEntries
from lambdas.read_models.search.finding import OrderSearch, Scope
from lambdas.read_models.search.query import texts_of, words
from lambdas.read_models.worklist.entries import entry_of
from lambdas.read_models.worklist.listing import WorklistReader
from lambdas.read_models.worklist.pages import WorklistFilter
from lambdas.read_models.worklist.store import WorklistStore
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import EVERYTHING
from tests.unit.read_models.agreement.crowds import FIRST, LAST, STAFF
from tests.unit.read_models.agreement.world import World


def pages(read: Callable[[str | None], Any]) -> Iterator[Any]:
    cursor = None
    while True:
        page = read(cursor)
        yield page
        cursor = page.next_cursor
        if cursor is None:
            return


ALL, PERSON, TEAM = "all", "person ", "team "


def read_worklist(world: World) -> dict[str, list[str]]:
    """The worklist of all, of each person and of each team, in its order: order and key of each entry."""
    user = ApiUser.model_construct(name="ada", grants=(EVERYTHING,), teams=(), tokens=())
    reader = WorklistReader(WorklistStore(world.desk), world.store, user, {}, world.crowd.clock())
    queues = frozenset(world.crowd.queues)
    teams = {work.team for order in world.crowd.orders for work in open_work(order)}
    lists: dict[str, dict[str, Any]] = {
        ALL: {},
        **{PERSON + person: {"person": person} for person in STAFF},
        **{TEAM + team: {"teams": (team,)} for team in teams},
    }

    def listed(criteria: dict[str, Any]) -> Iterator[str]:
        for page in pages(lambda at: reader.read(WorklistFilter(queues=queues, limit=100, cursor=at, **criteria))):
            assert page.behind_since is None
            yield from (f"{entry.order.order_id} {entry.work.key}" for entry in page.entries)

    return {name: list(listed(criteria)) for name, criteria in lists.items()}


def waiting_orders(world: World) -> dict[str, list[str]]:
    """The same by a look at every order."""
    work = sorted(
        (entry_of(order, each) for order in world.crowd.orders for each in open_work(order)),
        key=lambda entry: entry.position,
    )
    named = [(f"{entry.order_id} {entry.key}", entry) for entry in work]
    return {
        ALL: [name for name, _ in named],
        **{PERSON + person: [name for name, entry in named if entry.person == person] for person in STAFF},
        **{
            TEAM + team: [name for name, entry in named if entry.team == team]
            for team in {entry.team for entry in work}
        },
    }


def assert_found(world: World, queries: int) -> None:
    queues = frozenset(world.crowd.queues)
    scope = Scope(queues=queues, with_people=queues, brands=frozenset({1}))
    search = OrderSearch(SearchEntries(world.desk), world.store, InvoiceRecords(world.counts))
    orders = sorted(world.crowd.orders, key=lambda order: order.list_position, reverse=True)
    texts = {order.order_id: texts_of(order) for order in orders}
    dice = random.Random(1)
    for _ in range(queries):
        one = dice.choice(orders)
        query = dice.choice(
            (
                one.order_id,
                str(one.info.get("email", "")) or one.order_id,
                str(one.info.get("last", "")) or "Adams",
                f"host{dice.randrange(len(orders))}",
                f"{dice.choice(FIRST[1:4])} {dice.choice(LAST)}{dice.randrange(100)}",
                f"shop{dice.randrange(50)}.example",
            )
        )
        found = [
            order.order_id
            for page in pages(lambda at, query=query: search.find(query, scope, limit=25, cursor=at))  # type: ignore[misc]
            for order in page.orders
        ]
        wanted = words(query)
        matching = [
            order.order_id
            for order in orders
            if all(word.number == order.order_id or word.is_term_of(texts[order.order_id]) for word in wanted)
        ]
        assert found == matching, query


def counted(world: World) -> Counter[tuple[int, int]]:
    counts = {queue: world.step_counts.of_queue(queue) for queue in world.crowd.queues}
    return Counter({(queue, step): count for queue in counts for step, count in counts[queue].items()})


def numbers_kept(world: World) -> Counter[tuple[int, str, str]]:
    numbers = DayNumbers(world.desk, world.crowd.clock)
    first, last = world.crowd.changes[0].at, world.crowd.clock()
    days = {queue: numbers.of_days(queue, day_of(first), day_of(last)) for queue in world.crowd.queues}
    kept = {
        (queue, day, name): by for queue in days for day, found in days[queue].items() for name, by in found.items()
    }
    return Counter(kept)


def numbers_of_changes(world: World) -> Counter[tuple[int, str, str]]:
    """Each fact of an order once a day, of all that was told. The order of telling makes no difference to what is counted."""
    first: dict[tuple[str, str, str], tuple[int, Fact]] = {}
    for old, new in world.told:
        for fact in new_facts(old, new):
            first.setdefault((new.order_id, fact.key, fact.day), (new.order_queue_id, fact))
    total = Counter[tuple[int, str, str]]()
    for queue, fact in first.values():
        total.update({(queue, fact.day, name): by for name, by in fact.adds.items() if by})
    return total
