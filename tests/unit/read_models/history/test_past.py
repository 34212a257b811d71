"""An order as of any revision or time is the order that was there then, as a test remembers it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.api.orders.views import order_view
from lambdas.orders.model.order import Order
from lambdas.read_models.history.past import NotInHistoryError, PastOrder, order_of, version_at, version_of_revision
from lambdas.read_models.history.reading import HistoryReader
from lambdas.read_models.history.table import HistoryTable
from lambdas.records.table import RecordTable
from tests.support.thorough import examples
from tests.support.walks import Change, a_long_walk, a_walk
from tests.unit.read_models.history.conftest import Kept

_ON_ONE_TABLE = settings(
    max_examples=examples(10), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def as_of(kept: Kept, order: Order, revision: int) -> PastOrder:
    return order_of(order, version_of_revision(order, kept.items(order), revision))


def as_of_time(kept: Kept, order: Order, at: int, now: int) -> PastOrder:
    return order_of(order, version_at(order, kept.items(order), at, now))


def remembered_at(changes: list[Change], at: int) -> Order | None:
    return next((change.new for change in reversed(changes) if change.at <= at), None)


@_ON_ONE_TABLE
@given(seed=st.integers(0, 10**9), data=st.data())
def test_an_order_at_twenty_moments_is_as_it_is_remembered(kept: Kept, seed: int, data: st.DataObject) -> None:
    walk = a_walk(seed)
    changes = walk.go(60)
    kept.hear(*changes)
    order, now = walk.order, walk.clock() + 1
    for at in data.draw(st.lists(st.integers(order.ts, now), min_size=10, max_size=10)):
        then = remembered_at(changes, at)
        assert then is not None
        seen = as_of_time(kept, order, at, now)
        assert (order_view(seen), seen.revision) == (order_view(then), then.revision)
    for change in data.draw(st.lists(st.sampled_from(changes), min_size=10, max_size=10)):
        assert order_view(as_of(kept, order, change.new.revision)) == order_view(change.new)


@_ON_ONE_TABLE
@given(seed=st.integers(0, 10**9), data=st.data())
def test_changes_that_come_twice_late_or_not_at_all_make_no_version_wrong(
    kept: Kept, seed: int, data: st.DataObject
) -> None:
    walk = a_walk(seed)
    changes = walk.go(30)
    held_back = data.draw(st.lists(st.sampled_from(changes), max_size=4))
    lost = data.draw(st.lists(st.sampled_from(changes), max_size=2))
    kept.hear(*(change for change in changes if change not in held_back and change not in lost))
    kept.clock.time += 40_000
    kept.another().hear(*(change for change in held_back if change not in lost))
    kept.hear(
        *data.draw(st.lists(st.sampled_from([change for change in changes if change not in lost] or [changes[0]])))
    )
    found = 0
    for change in changes:
        try:
            assert order_view(as_of(kept, walk.order, change.new.revision)) == order_view(change.new)
            found += 1
        except NotInHistoryError:
            assert change in lost
    assert found >= len(changes) - len(lost)


def test_a_time_before_the_order_or_to_come_is_refused_in_words(kept: Kept) -> None:
    walk = a_long_walk(16, 1)
    kept.hear(*walk.store.changes)
    order, now = walk.order, walk.clock()

    with pytest.raises(
        NotInHistoryError, match=r"was created at 2027-01-15T08:00:00Z: there is nothing of it as of 20"
    ):
        as_of_time(kept, order, order.ts - 1, now)
    with pytest.raises(NotInHistoryError, match="that is not yet"):
        as_of_time(kept, order, now + 1, now)
    with pytest.raises(NotInHistoryError, match=rf"has no revision {order.revision + 1} yet; it is at revision"):
        as_of(kept, order, order.revision + 1)
    with pytest.raises(NotInHistoryError, match="begins with revision 1"):
        as_of(kept, order, 0)


def test_what_is_lost_in_a_gap_is_refused_and_what_is_around_it_is_shown(kept: Kept) -> None:
    walk = a_long_walk(16, 3)
    changes = walk.store.changes[:9]
    kept.hear(*changes[:3], *changes[5:])  # revisions 4 and 5 are lost; 6 tells what 5 was

    order = walk.order.changed(revision=9)
    assert order_view(as_of(kept, order, 3)) == order_view(changes[2].new)
    assert order_view(as_of(kept, order, 5)) == order_view(changes[4].new)
    with pytest.raises(NotInHistoryError, match="no record of revision 4"):
        as_of(kept, order, 4)
    with pytest.raises(NotInHistoryError, match=r"has a gap .* ask for revision 3, or for a time from"):
        as_of_time(kept, order, changes[3].at, walk.clock())
    assert order_view(as_of_time(kept, order, changes[6].at, walk.clock())) == order_view(changes[6].new)


def test_a_history_that_is_behind_says_so(kept: Kept) -> None:
    walk = a_long_walk(16, 3)
    changes = walk.store.changes
    kept.hear(*changes[:5])

    with pytest.raises(NotInHistoryError, match=r"recorded up to revision 5 of \d+ so far; ask again"):
        as_of_time(kept, walk.order, walk.clock(), walk.clock())


def test_an_erased_person_is_shown_as_erased_and_the_rest_as_it_was(kept: Kept) -> None:
    walk = a_long_walk(16, 5)
    changes = walk.store.changes
    kept.hear(*changes)
    assert kept.history.erase(walk.order_id) > 0

    for change in changes[1:]:
        seen = as_of(kept, walk.order, change.new.revision)
        assert seen.erased
        assert "'Ada'" not in repr(order_view(seen))
        assert (seen.step_id, seen.total_cents, seen.priority) == (
            change.new.step_id,
            change.new.total_cents,
            change.new.priority,
        )
        assert {key: action.state for key, action in seen.actions.items()} == {
            key: action.state for key, action in change.new.actions.items()
        }
    assert kept.history.erase(walk.order_id) == 0
    kept.another().hear(*changes)  # a redrive brings nothing back
    assert as_of(kept, walk.order, changes[-1].new.revision).erased


@pytest.mark.parametrize("process", ["the same", "another", "another, after a gap"])
def test_a_correction_after_the_erasure_brings_no_former_value_back(kept: Kept, process: str) -> None:
    walk = a_long_walk(16, 5)
    kept.hear(*walk.store.changes)
    before = walk.store.changes[-1].new
    assert before.info["first"] == "Ada"
    kept.history.erase(walk.order_id)
    gap = 2 if "gap" in process else 1
    between = before.changed(revision=before.revision + gap - 1, activity=kept.clock.time)
    corrected = between.changed(revision=between.revision + 1, info={**before.info, "first": "Grace"})
    again = corrected.changed(revision=corrected.revision + 1, info={**before.info, "first": "Mary"})

    listening = kept if process == "the same" else kept.another()
    listening.hear(Change(between, corrected, "web", kept.clock.time), Change(corrected, again, "web", kept.clock.time))

    values = [repr(item.personal) for item in kept.items(walk.order)]
    assert not [text for text in values if "Ada" in text]
    assert ("Grace" in values[-2], "Mary" in values[-1]) == (process == "the same", True)
    if process == "the same":
        assert as_of(kept, again, again.revision).info["first"] == "Mary"
    listening.hear(Change(between, corrected, "web", kept.clock.time))  # a second time
    assert not [item for item in kept.items(walk.order) if "Ada" in repr(item.personal)]


def test_an_order_that_is_recorded_as_it_stands_is_known_from_there_on(kept: Kept) -> None:
    walk = a_long_walk(16, 7)
    changes = walk.store.changes
    kept.hear(replace(changes[5], old=None), *changes[6:9])

    order = walk.order.changed(revision=9)
    assert order_view(as_of(kept, order, 6)) == order_view(changes[5].new)
    assert order_view(as_of(kept, order, 9)) == order_view(changes[8].new)
    with pytest.raises(NotInHistoryError, match="is recorded from revision 6 on"):
        as_of_time(kept, order, changes[2].at, walk.clock())


def test_a_page_shows_all_that_it_says_is_recorded_although_more_comes_meanwhile(kept: Kept) -> None:
    walk = a_long_walk(16, 5)
    changes = walk.store.changes
    kept.hear(*changes[:5])

    class Growing(HistoryTable):
        """Hears one change more before each read."""

        more = iter(changes[5:])

        def _page(self, *args: Any, **named: Any) -> Any:
            if change := next(self.more, None):
                kept.hear(change)
            return super()._page(*args, **named)

    growing = Growing(RecordTable("history", kept.client))
    page = HistoryReader(growing).page(walk.order, personal=False, limit=100, descending=False)

    assert page.recorded_revision in {entry.revision for entry in page.entries}
