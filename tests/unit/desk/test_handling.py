"""Handing orders on and correcting them: taking and giving work, notes, the priority, contact data."""

import pytest

from lambdas.desk.web.site import Site
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.read_models.worklist.follower import Worklist
from lambdas.records.posts.post import PostKind, PostRecords
from lambdas.records.users.rights import EVERYTHING
from tests.unit.desk.staff import Staff, at_call_back, changed, stored

HOSTILE = "<script>alert(1)</script>"


def holder(site: Site, order: Order, key: str = "3202") -> str:
    found = stored(site, order).assigned.get(key)
    return found.to if found else ""


def notes(site: Site, order: Order) -> list[str]:
    posts = PostRecords(site.desk.records).of_order(order.order_id)
    return [post.body for post in posts if post.kind is PostKind.COMMENT]


def test_work_is_taken_and_given_back(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    staff.order(order.order_id)

    shown = staff.press("take 3202")

    assert holder(site, order) == "boss"
    assert "You took it." in shown.text
    assert "take 3202" not in shown.acts
    staff.press("give-back 3202")
    assert holder(site, order) == ""


def test_work_is_given_to_somebody_who_may_see_it(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    site.users.add("kim", (EVERYTHING,), now=site.now())
    staff.order(order.order_id)

    staff.press("give 3202", user="kim", reason="knows the client")

    assert holder(site, order) == "kim"


@pytest.mark.parametrize("user", ["", "nobody-here", HOSTILE])
def test_work_is_given_to_nobody_who_is_not_there(site: Site, staff: Staff, user: str) -> None:
    order = at_call_back(site)
    staff.order(order.order_id)

    shown = staff.press("give 3202", user=user)

    assert shown.status in (409, 422)
    assert holder(site, order) == ""
    assert "<script>alert" not in shown.body


def test_work_of_another_is_taken_over_with_a_reason_and_not_without(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    other = Staff.signed_in(site, "kim", EVERYTHING)
    other.order(order.order_id)
    other.press("take 3202")
    assert "It is with kim" in staff.order(order.order_id).text

    refused = staff.press("take 3202", reason=" ")
    assert (refused.status, holder(site, order)) == (409, "kim")
    staff.order(order.order_id)
    staff.press("take 3202", reason="kim is on holiday")

    assert holder(site, order) == "boss"


def test_of_two_who_take_one_wait_the_second_is_told_who_has_it(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    other = Staff.signed_in(site, "kim", EVERYTHING)
    staff.order(order.order_id)
    other.order(order.order_id)
    other.press("take 3202")

    shown = staff.press("take 3202")

    assert shown.status == 409
    assert "kim" in shown.text
    assert holder(site, order) == "kim"


def test_a_row_of_the_worklist_is_taken_there(site: Site, staff: Staff) -> None:
    order, worklist = at_call_back(site), Worklist(site.desk.read_models)
    worklist.follow(None, order)
    shown = staff.open("/desk/worklist?whose=all")
    assert "take 3202" in shown.acts

    shown = staff.press("take 3202")

    assert holder(site, order) == "boss"
    assert f"Order {order.order_id}: You took it." in shown.text
    worklist.follow(order, stored(site, order))
    assert "take 3202" not in staff.open("/desk/worklist?whose=all").acts


def test_a_note_is_kept_once_and_staff_alone_see_it(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    path, inputs = staff.order(order.order_id).form("note")
    sent = {**inputs, "note": f"calls back on Monday {HOSTILE}"}

    first, second = staff.post(path, sent), staff.post(path, sent)

    assert [first.status, second.status] == [303, 303]
    assert notes(site, order) == [f"calls back on Monday {HOSTILE}"]
    shown = staff.order(order.order_id)
    assert HOSTILE not in shown.body
    assert "among staff" in shown.text
    assert stored(site, order).notes == 1


def test_an_empty_note_is_refused(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    staff.order(order.order_id)

    assert staff.press("note", note="  ").status == 422
    assert notes(site, order) == []


def test_the_priority_is_set(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    staff.order(order.order_id)

    shown = staff.press("priority", priority="3", reason="promised by Friday")

    assert stored(site, order).priority == 3
    assert stored(site, order).changed_because == "promised by Friday"
    assert "urgent" in shown.text


@pytest.mark.parametrize("priority", ["4", "-1", "high", ""])
def test_a_priority_that_there_is_not_is_refused(site: Site, staff: Staff, priority: str) -> None:
    order = at_call_back(site)
    staff.order(order.order_id)

    assert staff.press("priority", priority=priority).status == 422
    assert stored(site, order).priority == order.priority


def test_contact_data_is_corrected_and_the_rest_stays(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    staff.order(order.order_id)

    staff.press("contact", contact_phone="+44 20 7946 0999", reason="a digit was missing")

    now = stored(site, order)
    assert now.info["phone"] == "+44 20 7946 0999"
    assert {**now.info, "phone": order.info.get("phone")} == {**order.info, "phone": order.info.get("phone")}


def test_contact_data_of_a_canceled_order_is_corrected_too(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    staff.order(order.order_id)
    staff.press("cancel", reason="the client asked")

    staff.press("contact", contact_first="Augusta")

    assert stored(site, order).info["first"] == "Augusta"


@pytest.mark.parametrize("typed", [{}, {"contact_email": "no address"}])
def test_contact_data_that_is_none_or_the_same_is_refused(site: Site, staff: Staff, typed: dict[str, str]) -> None:
    order = at_call_back(site)
    staff.order(order.order_id)

    shown = staff.press("contact", **typed)

    assert shown.status in (409, 422)
    assert stored(site, order).info == order.info


@pytest.mark.usefixtures("mails")
def test_a_message_that_is_sent_again_after_a_reply_is_not_refused(site: Site, staff: Staff) -> None:
    order = changed(site, at_call_back(site), reply_waiting_at=site.now())
    assert "Reply of the client" in staff.order(order.order_id).text
    assert staff.shown is not None
    path, inputs = staff.shown.form("answer")
    sent = {**inputs, "body": "Tomorrow at noon."}

    first, second = staff.post(path, sent), staff.post(path, sent)

    assert [first.status, second.status] == [303, 303]
    posts = list(PostRecords(site.desk.records).of_order(order.order_id))
    assert [post.body for post in posts] == ["Tomorrow at noon."]


@pytest.mark.parametrize("act", ["note", "priority", "contact", "take", "give", "give-back"])
def test_who_may_only_look_can_do_none_of_it(site: Site, act: str) -> None:
    order = at_call_back(site)
    viewer = Staff.with_role(site, "viewer")
    viewer.order(order.order_id)
    csrf = next(inputs["csrf"] for path, inputs in viewer.shown.read.forms if path == "/desk/sign-out")  # type: ignore[union-attr]

    shown = viewer.post(
        f"/desk/orders/{order.order_id}/{act}",
        {"csrf": csrf, "revision": str(order.revision), "wait": "3202", "note": "x", "priority": "3", "user": "viewer"},
    )

    assert shown.status in (403, 409)
    assert stored(site, order).revision == order.revision


def test_a_forged_wait_is_refused(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    path, inputs = staff.order(order.order_id).form("take 3202")

    assert staff.post(path, {**inputs, "wait": "9999"}).status == 409
    assert staff.post(path, {**inputs, "wait": "<b>"}).status == 400
    assert holder(site, order) == ""


def test_a_stale_row_of_the_worklist_does_nothing_and_says_what_changed(site: Site, staff: Staff) -> None:
    order, other = at_call_back(site), Staff.signed_in(site, "kim", EVERYTHING)
    Worklist(site.desk.read_models).follow(None, order)
    staff.open("/desk/worklist?whose=all")
    other.order(order.order_id)
    other.press("take 3202")
    other.press("priority", priority="3")

    shown = staff.press("take 3202")

    assert (shown.status, holder(site, order)) == (409, "kim")
    assert "Identity Call-back was with nobody and is with kim now." in shown.text
    assert "The priority was normal and is urgent now." in shown.text


def test_contact_data_that_cannot_be_kept_is_refused_by_field_and_what_was_typed_stays(
    site: Site, staff: Staff
) -> None:
    order = at_call_back(site)
    staff.order(order.order_id)

    shown = staff.press("contact", contact_email="no address", contact_first="Grace")

    assert shown.status == 409
    assert "E-mail " in shown.text.split("Nothing was done")[1]
    inputs = shown.form("contact")[1]
    assert (inputs["contact-email"], inputs["contact-first"]) == ("no address", "Grace")
    assert stored(site, order) == order


@pytest.mark.parametrize("note", ["x" * 20_001, "card 4111 1111 1111 1111", "\x07"])
def test_a_note_that_cannot_be_kept_is_refused_and_no_card_number_is_shown_again(
    site: Site, staff: Staff, note: str
) -> None:
    order = at_call_back(site)
    staff.order(order.order_id)

    shown = staff.press("note", note=note)

    assert shown.status == 422
    assert "4111 1111 1111 1111" not in shown.body
    assert stored(site, order) == order


def test_contact_data_on_record_is_not_judged_when_another_field_is_corrected(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    old = {"phone": "of another day", "address": "Street 1\nHouse 2 ", "company": "x" * 1_200}
    order = changed(site, order, info={**order.info, **old})
    staff.order(order.order_id)

    staff.press("contact", contact_first="Grace")

    assert stored(site, order).info == {**order.info, "first": "Grace"}


def with_two_clients(site: Site) -> Order:
    """Its buyer has the e-mail address of client 100, and proved nothing."""
    order = at_call_back(site)
    made = next(action for action in order.actions.values() if action.module == "provision_client")
    result = {"client_id": "104", "made": True, "same_address": "100"}
    done = made.changed(state=ActionState.DONE, result=result, at=site.now())
    return changed(site, order, client_id="104", actions={**order.actions, str(made.action_id): done})


def test_two_clients_with_one_address_are_named_until_somebody_resolves_them_with_a_reason(
    site: Site, staff: Staff
) -> None:
    order = with_two_clients(site)
    shown = staff.order(order.order_id)
    assert "Client 104, made for this order, has the e-mail address of client 100." in shown.text
    assert "Nobody proved that the buyer reads mail there." in shown.text
    assert staff.press("resolve-address address", reason=" ").status == 422
    staff.order(order.order_id)
    staff.press("take address")
    assert holder(site, order, "address") == "boss"

    shown = staff.press("resolve-address address", reason="one person; 100 stays")

    assert "It was noted as resolved." in shown.text
    assert "resolve-address address" not in shown.acts
    assert "has the e-mail address of client" not in shown.text
    now = stored(site, order)
    assert (now.changed_how, now.changed_by, now.changed_because) == (
        "resolve_address",
        "boss",
        "one person; 100 stays",
    )


def test_who_may_only_look_resolves_nothing(site: Site) -> None:
    order = with_two_clients(site)

    assert "resolve-address address" not in Staff.with_role(site, "viewer").order(order.order_id).acts
