"""Which undos wait for each other: what was built on by another one, however indirectly, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.model.queue import Action, Queue, load_queues
from statemachines.compiler import compile_queue
from statemachines.unwinding import ALONE, undo_chains
from tests.support.build import a_queue

UNDOING = frozenset({"call_webhook", "add_services", "generate_invoice"})


def queue_of(*actions: tuple[int, str, tuple[int, ...]]) -> Queue:
    listed = [
        {"id": key, "name": f"Action {key}", "module": module, "automatic": True, "prereqs": prereqs}
        for key, module, prereqs in actions
    ]
    steps = [
        {"id": 1, "name": "Leads"},
        {"id": 2, "name": "Processing", "actions": listed},
        {"id": 3, "name": "Complete"},
        {"id": 4, "name": "Canceled"},
    ]
    return a_queue(steps=steps)


def chains(queue: Queue) -> list[list[int]]:
    return [[action.id for action in chain] for chain in undo_chains(queue.steps, UNDOING)]


def test_own_services_and_money_wait_for_nobody() -> None:
    queue = queue_of((21, "add_services", ()), (22, "call_webhook", (21,)), (23, "generate_invoice", (22,)))

    assert chains(queue) == [[23], [22], [21]]


def test_what_was_built_on_another_is_taken_back_before_it() -> None:
    queue = queue_of(
        (21, "call_webhook", ()),
        (22, "manual_check_off", (21,)),
        (23, "call_webhook", (22,)),
        (24, "call_webhook", ()),
        (25, "call_webhook", (24,)),
    )

    assert chains(queue) == [[25, 24], [23, 21]]


def test_one_that_was_built_on_two_is_taken_back_before_both() -> None:
    queue = queue_of((21, "call_webhook", ()), (22, "call_webhook", ()), (23, "call_webhook", (21, 22)))

    assert chains(queue) == [[23, 22, 21]]


def test_prereqs_through_our_own_services_still_count_among_others() -> None:
    queue = queue_of((21, "call_webhook", ()), (22, "add_services", (21,)), (23, "call_webhook", (22,)))

    assert chains(queue) == [[23, 21], [22]]


def test_what_stands_in_a_later_step_was_built_on_what_came_before() -> None:
    """A server is wiped before its network and then the server itself are given back."""
    queue = next(queue for queue in load_queues().values() if queue.key == "dedicated_server")
    names = {action.id: action.name for action in queue.actions}
    chain, *alone = [[names[key] for key in chain] for chain in chains(queue)]

    assert [name for name in chain if name in ("Reserve Server", "Assign Network", "Install OS")] == [
        "Install OS",
        "Assign Network",
        "Reserve Server",
    ]
    assert alone == [["Generate Invoice"], ["Add Services"]]


@given(st.data())
def test_whatever_the_prereqs_each_undo_comes_once_and_after_what_was_built_on_it(data: st.DataObject) -> None:
    modules = st.sampled_from([*sorted(UNDOING), "manual_check_off"])
    listed = data.draw(st.permutations(range(21, 21 + data.draw(st.integers(1, 8)))))  # prereqs may be listed later
    lower = {
        key: st.sets(st.sampled_from(range(21, key)), max_size=3) if key > 21 else st.just(set()) for key in listed
    }
    actions = [(key, data.draw(modules), tuple(sorted(data.draw(lower[key])))) for key in listed]
    queue = queue_of(*actions)
    made = undo_chains(queue.steps, UNDOING)
    place = {action.id: (number, at) for number, chain in enumerate(made) for at, action in enumerate(chain)}

    assert sorted(place) == sorted(action.id for action in queue.actions if action.module in UNDOING)
    for later in queue.actions:
        for before in built_on(queue, later):
            if {later.module, before.module} <= UNDOING - ALONE:
                assert place[later.id][0] == place[before.id][0]
                assert place[later.id][1] < place[before.id][1]


def built_on(queue: Queue, action: Action) -> list[Action]:
    known = {each.id: each for each in queue.actions}
    direct = [known[key] for key in action.prereqs]
    return [*direct, *(each for one in direct for each in built_on(queue, one))]


def test_a_queue_that_takes_nothing_back_says_so_at_once() -> None:
    machine = compile_queue(queue_of((21, "manual_check_off", ())), UNDOING)["States"]

    assert machine["Canceled"]["End"]
    assert "unwound" not in machine
