"""Orders of a window of time are those that came to a standstill in it."""

import pytest

from lambdas.bulk.selection import Window
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Wait
from tests.support.build import an_order

WINDOW = Window(begins_at=1_000, ends_at=2_000)


@pytest.mark.parametrize(("at", "found"), [(999, False), (1_000, True), (1_999, True), (2_000, False)])
def test_its_end_is_not_in_it(at: int, found: bool) -> None:
    order = an_order()
    failed = next(iter(order.actions.values())).changed(state=ActionState.FAILED, at=at)

    assert WINDOW.has(order.with_action(failed)) is found
    assert WINDOW.has(order.changed(machine_stopped_at=at)) is found
    assert WINDOW.has(order.changed(waits={"101": Wait(token="", since=at, owner="", due_at=at)})) is found


def test_what_went_well_in_it_is_not_meant() -> None:
    order = an_order()
    done = next(iter(order.actions.values())).changed(state=ActionState.DONE, at=1_500)

    assert not WINDOW.has(order.with_action(done))
