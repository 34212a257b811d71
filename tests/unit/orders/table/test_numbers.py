"""Order numbers taken in blocks: never the same twice, and no gaps where orders are rare."""

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.table.numbers import BUSY_SECONDS, LARGEST_BLOCK, Numbers


class Counter:
    """The counter in the table; `times` it was raised."""

    def __init__(self) -> None:
        self.latest, self.times = 1000, 0

    def take(self, size: int) -> int:
        assert 1 <= size <= LARGEST_BLOCK
        self.times += 1
        self.latest += size
        return self.latest


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 30)), max_size=60))
def test_several_processes_never_give_a_number_twice(wishes: list[tuple[int, float]]) -> None:
    counter, now = Counter(), 0.0
    processes = [Numbers(counter.take, lambda: now) for _ in range(4)]
    given_out = []
    for process, pause in wishes:
        now += pause
        given_out.append(processes[process].next())

    assert len(set(given_out)) == len(given_out)
    assert all(1000 < number <= counter.latest for number in given_out)


def test_rare_orders_have_numbers_without_gaps() -> None:
    counter, now = Counter(), 0.0
    processes = [Numbers(counter.take, lambda: now) for _ in range(3)]
    numbers = []
    for order in range(30):
        now += BUSY_SECONDS
        numbers.append(processes[order % 3].next())

    assert numbers == list(range(1001, 1031))


def test_many_orders_at_once_ask_the_counter_seldom() -> None:
    counter = Counter()
    numbers = Numbers(counter.take, lambda: 0.0)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: numbers.next(), range(1_000)))

    assert sorted(found) == list(range(1001, 2001))
    assert counter.times <= 1_000 / LARGEST_BLOCK + 5
