"""One item a revision, each with the hash of the one before; twice is once, another content is refused, secrets are not kept."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.orders.decisions import progress
from lambdas.orders.model.order import Hold, Order, PaymentAttempt, Wait
from lambdas.orders.model.redacted import without_person
from lambdas.read_models.history.history import name_of
from lambdas.read_models.history.item import CONTENT, PERSONAL, Link
from lambdas.read_models.history.texts import unpacked
from lambdas.read_models.history.values import values_of
from lambdas.runtime.items import to_item, value_bytes
from tests.support.build import CARD, CONTACT, NOW, an_order, the_default_queue
from tests.support.logs import logged
from tests.support.walks import Change, a_long_walk, a_walk
from tests.unit.read_models.history.conftest import Kept

SECRETS = ("tok-secret", "key-secret", "claim-secret", "hash-secret", "password-secret")


def lead(**changes: Any) -> Order:
    info = {**CONTACT, **CARD, "pack1": {"plan_id": "1"}}
    return an_order(info=info, changed_by="web", changed_how="create", **changes)


def records(kept: Kept, order: Order) -> list[dict[str, Any]]:
    return list(kept.table.of_order(name_of(order)))


def texts(kept: Kept, order: Order) -> str:
    return "".join(
        unpacked(record[part]) for record in records(kept, order) for part in (CONTENT, PERSONAL) if part in record
    )


def test_each_item_follows_on_the_one_before(kept: Kept) -> None:
    walk = a_long_walk(16, 11)
    changes = walk.store.changes
    kept.hear(*changes)

    items = kept.items(walk.order)
    assert [item.revision for item in items] == [change.new.revision for change in changes]
    assert [item.previous for item in items] == [Link(), *(item.link for item in items[:-1])]
    assert {item.is_gap for item in items} == {False}


def test_a_process_that_remembers_nothing_goes_on_where_another_ended(kept: Kept) -> None:
    walk = a_long_walk(16, 11)
    changes = walk.store.changes
    kept.hear(*changes[:10])
    kept.another().hear(*changes[10:])

    items = kept.items(walk.order)
    assert [item.previous for item in items] == [Link(), *(item.link for item in items[:-1])]


def test_a_change_that_comes_twice_is_one_item_and_says_nothing(kept: Kept, caplog: pytest.LogCaptureFixture) -> None:
    walk = a_long_walk(16, 11)
    changes = walk.store.changes
    kept.hear(*changes)
    before = records(kept, walk.order)
    kept.hear(*changes)
    kept.another().hear(*changes)

    assert records(kept, walk.order) == before
    assert "history refused" not in logged(caplog)


@pytest.mark.parametrize("of_person", [True, False])
def test_another_content_under_a_revision_is_refused_and_logged(
    kept: Kept, caplog: pytest.LogCaptureFixture, of_person: bool
) -> None:
    first = lead()
    kept.hear(Change(None, first, "web", NOW))
    before = records(kept, first)
    other = first.changed(info={**first.info, "first": "Eve"}) if of_person else first.changed(priority=3)
    kept.hear(Change(None, other, "web", NOW))

    assert records(kept, first) == before
    assert "history refused" in logged(caplog)


def test_a_late_change_is_taken_in_and_marked_and_holds_up_nothing(kept: Kept) -> None:
    walk = a_long_walk(16, 11)
    changes = walk.store.changes
    kept.hear(*changes[:4], *changes[5:])
    kept.clock.time += 20_000
    kept.hear(changes[4])

    items = kept.items(walk.order)
    assert [item.is_late for item in items].count(True) == 1
    assert [item.is_gap for item in items].count(True) == 1
    assert (items[4].is_late, items[5].is_gap, items[5].after, items[5].previous.revision) == (True, True, 5, 4)


def test_nothing_that_opens_something_is_kept(kept: Kept) -> None:
    order = lead(hash="hash-secret", password_hash="password-secret")
    attempt = PaymentAttempt(
        key="key-secret", amount_cents=1, currency="USD", method="cc", claim="claim-secret", claim_ends_at=NOW
    )
    hold = Hold(transaction_id="t-1", key="key-secret", method="cc", amount_cents=1, currency="USD")
    waits = {"101": Wait(token="tok-secret", since=NOW, owner="operations")}
    claimed = {key: action.changed(claim="claim-secret", attempts=1) for key, action in order.actions.items()}
    begun = order.changed(revision=2, attempt=attempt)
    held = progress.submitted(begun, now=NOW, hold=hold).changed(revision=3, waits=waits, actions=claimed)
    kept.hear(Change(None, order, "web", NOW), Change(order, begun, "web", NOW), Change(begun, held, "web", NOW))
    kept.another().history.follow(None, held.changed(revision=4))

    everything = json.dumps(records(kept, order), default=str) + texts(kept, order)
    assert len(kept.items(order)) == 4
    for secret in SECRETS:
        assert secret not in everything


@settings(max_examples=20)
@given(st.integers(0, 10**9))
def test_what_is_chained_tells_of_nobody(seed: int) -> None:
    """It is what those see who may not see who somebody is."""
    for change in a_walk(seed).go(30):
        plain = values_of(change.new).plain
        assert plain.items() <= values_of(without_person(change.new)).plain.items()
        assert "'Ada'" not in repr(plain)


def test_the_same_person_has_another_digest_each_time(kept: Kept) -> None:
    """So nobody who tries names finds the one that a digest is of."""
    first, second = lead(), lead(order_id="1002", hash="another")
    kept.hear(Change(None, first, "web", NOW), Change(None, second, "web", NOW))

    (one,), (other,) = kept.items(first), kept.items(second)
    assert one.personal == other.personal
    assert one.personal_digest != other.personal_digest


def test_an_order_that_expired_keeps_its_chain_and_loses_its_person(kept: Kept) -> None:
    order = lead()
    expired = order.changed(revision=2, expires_at=NOW + 10, canceled_at=NOW)
    kept.hear(Change(None, order, "web", NOW), Change(order, expired, "", NOW))
    kept.clock.time = NOW + 500
    kept.history.follow(expired, None)
    kept.history.follow(expired, None)

    items = kept.items(order)
    assert [(item.revision, item.side, item.is_erased) for item in items] == [
        (1, "", True),
        (2, "", False),
        (2, "erase", False),
    ]
    assert "Ada" not in texts(kept, order)
    assert items[1].previous == items[0].link
    kept.clock.time += 2_000
    late = order.changed(revision=3, info={**order.info, "first": "Grace"})
    kept.another().hear(Change(expired, late, "web", NOW))  # a dead letter, redriven after the end
    assert "Grace" not in texts(kept, order)


def test_a_row_that_a_person_deleted_is_recorded_and_nothing_is_erased(kept: Kept) -> None:
    order = lead()
    kept.hear(Change(None, order, "web", NOW))
    kept.history.follow(order, None)

    assert [(item.side, item.deed.how) for item in kept.items(order)] == [("", "create"), ("remove", "remove")]
    assert "Ada" in texts(kept, order)


def test_an_edit_by_hand_is_recorded_beside_the_chain_once(kept: Kept) -> None:
    first = lead()
    edited = first.changed(info={**first.info, "email": "grace@example.com"})
    again = edited.changed(priority=3)
    after = again.changed(revision=2, activity=NOW + 9)
    kept.hear(Change(None, first, "web", NOW))
    for _ in range(2):
        kept.history.follow(first, edited)
        kept.history.follow(edited, again)
    kept.history.follow(again, after)

    items = kept.items(first)
    assert [(item.revision, item.side) for item in items] == [(1, ""), (1, "edit001"), (1, "edit002"), (2, "")]
    assert items[3].previous == items[0].link
    assert not items[3].is_gap


def test_another_order_of_the_same_number_has_a_history_of_its_own(kept: Kept) -> None:
    first, second = lead(), lead(hash="of another time", priority=2)
    kept.hear(Change(None, first, "web", NOW), Change(None, second, "web", NOW))

    assert (len(kept.items(first)), len(kept.items(second))) == (1, 1)
    assert kept.history.erase("1001") == 2


def test_an_item_of_the_default_queue_takes_one_write_unit(kept: Kept) -> None:
    """1 KB each, all told no more than 13 for an order of a dozen revisions."""
    walk = a_walk(17, the_default_queue().key)
    kept.hear(*walk.go(40))

    sizes = [value_bytes({"M": to_item(record)}) for record in records(kept, walk.order)]
    assert len(sizes) > 10
    assert max(sizes) <= 1_024, sizes


def test_the_largest_order_has_an_item_that_fits(kept: Kept) -> None:
    text = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(60_000))
    first = lead().changed(info={"notes": text, "more": text[::-1]})
    kept.hear(Change(None, first, "web", NOW))
    changed = first.changed(revision=3, info={"notes": text[::-1], "more": text})
    kept.hear(Change(first.changed(revision=2), changed, "web", NOW))

    sizes = [value_bytes({"M": to_item(record)}) for record in records(kept, first)]
    assert max(sizes) < 400 * 1024, sizes
