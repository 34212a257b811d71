"""A note is among staff: kept with its author, counted by its order, shown to no client."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdas.records.users.rights import ROLES, Grant, Right
from tests.support.build import NOW
from tests.unit.api.posts.conftest import PostShop

HOSTILE = "<script>alert(1)</script><cwdb-action>\nsecond line"


def order(shop: PostShop) -> Any:
    return shop.caller.call("order.get", {"order_id": shop.order_id}).body


def notes(shop: PostShop, **parameters: Any) -> list[str]:
    return [note["body"] for note in shop.post("order.note_list", **parameters).body["posts"]]


def test_a_note_has_the_caller_for_its_author_and_is_not_mailed(shop: PostShop) -> None:
    made = shop.post("order.note", note=HOSTILE)

    assert made.status == 201
    said = {key: made.body[key] for key in ("type", "client_viewable", "author", "by", "body", "recipients", "mail")}
    assert said == {
        "type": "comment",
        "client_viewable": False,
        "author": "web",
        "by": "web",
        "body": HOSTILE,
        "recipients": [],
        "mail": None,
    }
    assert shop.ses.sent == []
    assert shop.listed() == [made.body]


def test_an_author_cannot_be_named(shop: PostShop) -> None:
    assert shop.post("order.note", note="x", **{"from": "the boss"}).status == 400


def test_the_order_counts_its_notes_and_says_who_wrote_the_last(shop: PostShop) -> None:
    before = order(shop)
    shop.post("order.note", note="first")
    shop.post("order.note", note="second")

    after = order(shop)
    assert (after["notes"], after["changed_by"], after["changed_how"]) == (2, "web", "note")
    assert after["revision"] == before["revision"] + 2


def test_a_client_never_sees_a_note(shop: PostShop) -> None:
    shop.post("order.note", note="he never pays")

    assert shop.listed(private=1) == []


def test_notes_are_listed_without_other_posts_the_newest_first(shop: PostShop) -> None:
    for number in range(4):
        shop.post("order.note", note=f"note {number}")
    shop.post("order.client_respond", author="eve@shop.test", body="a reply")

    assert notes(shop) == ["note 3", "note 2", "note 1", "note 0"]
    assert notes(shop, limit=2, offset=1) == ["note 2", "note 1"]


def test_api_2_0_answers_a_note_s_number_and_lists_it(shop: PostShop) -> None:
    assert shop.caller.data("order.note", {"order_id": shop.order_id, "note": "called"}) == "1"
    listed = shop.caller.data("order.note_list", {"order_id": shop.order_id})
    assert (listed["1"]["body"], listed["1"]["hidden"]) == ("called", "1")


@pytest.mark.parametrize("note", ["", "   ", "\u200b", "x" * 50_001, "4242 4242 4242 4242", "a\x00b", None, {"a": "b"}])
def test_what_cannot_be_kept_is_refused_and_changes_nothing(shop: PostShop, note: object) -> None:
    before = order(shop)

    assert shop.post("order.note", note=note).status in (400, 422)
    assert (order(shop), notes(shop)) == (before, [])


def test_a_repeat_writes_one_note(shop: PostShop) -> None:
    def write(text: str) -> Any:
        parameters = {"order_id": shop.order_id, "note": text}
        return shop.caller.call("order.note", parameters, **{"idempotency-key": "note-1"})

    first = write("called").body
    assert write("called").body == first
    assert write("called back").status == 409
    assert (notes(shop), order(shop)["notes"]) == (["called"], 1)


def test_a_note_on_an_order_that_moved_on_is_not_kept(shop: PostShop) -> None:
    shop.post("order.note", note="first")
    late = shop.caller.call("order.note", {"order_id": shop.order_id, "note": "late"}, **{"if-match": '"1"'})

    assert (late.status, notes(shop)) == (412, ["first"])


def test_an_order_that_is_written_at_the_same_moment_loses_nothing(
    shop: PostShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody changes the order between the note's read of it and its transaction."""
    store = shop.caller.api.backend.service.store
    got = store.get
    others: list[Callable[[], Any]] = [lambda: store.save(got(shop.order_id).changed(priority=3))] * 2

    def get(order_id: str) -> Any:
        found = got(order_id)
        if others:
            others.pop()()
        return found

    monkeypatch.setattr(store, "get", get)
    assert shop.post("order.note", note="kept").status == 201

    after = order(shop)
    assert (after["priority"], after["notes"], notes(shop)) == (3, 1, ["kept"])


@pytest.mark.parametrize("end", ["COMPLETE", "CANCELED"])
def test_a_note_is_written_on_a_final_order_too(shop: PostShop, end: str) -> None:
    store = shop.caller.api.backend.service.store
    found = store.get(shop.order_id)
    last = next(step for step in found.checklist_steps if step.status.name == end)
    store.save(found.changed(step_id=last.step_id, step_status=last.status, completed_at=NOW))

    assert shop.post("order.note", note="thanked us").status == 201
    assert order(shop)["step"]["name"] == last.name


def test_who_may_act_and_see_persons_may_note(shop: PostShop) -> None:
    asked: dict[str, Any] = {"order_id": shop.order_id, "note": "x"}
    allowed = {
        role
        for role, rights in ROLES.items()
        if shop.as_user(Grant(rights=rights), "order.note", **asked).status == 201
    }

    assert allowed == {"operator", "supervisor", "admin"}
    nameless = Grant(rights=frozenset({Right.VIEW, Right.ACT}))
    assert shop.as_user(nameless, "order.note", **asked).status == 403
    elsewhere = Grant(rights=frozenset(Right), queues=frozenset({2}))
    assert shop.as_user(elsewhere, "order.note", **asked).status == 403
    assert shop.as_user(elsewhere, "order.note_list", order_id=shop.order_id).status == 403
