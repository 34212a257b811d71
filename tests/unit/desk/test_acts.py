"""Acts of staff: which buttons there are, what they do, and what is refused."""

import pytest

from lambdas.desk.web.site import Site
from lambdas.orders.decisions.deadlines import with_overdue_marked
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.store import save
from lambdas.records.posts.post import PostKind
from tests.unit.desk.staff import DEDICATED, VIRTUAL, Staff, an_order_in, at_call_back, changed, stored

HANDLING = {"take 3202", "give 3202", "note", "priority", "contact"}


def state_of(site: Site, order: Order, action_id: int = 3202) -> ActionState:
    return stored(site, order).actions[str(action_id)].state


def test_a_waiting_action_is_processed_in_the_name_of_who_did_it(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    staff.order(order.order_id)

    shown = staff.press("process 3202")

    action = stored(site, order).actions["3202"]
    assert (action.by, action.requested_at) == ("boss", site.now())
    assert "The action was processed." in shown.text
    assert (stored(site, order).changed_by, stored(site, order).changed_how) == ("boss", "process")


def test_questions_are_asked_and_their_answers_go_to_the_module(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    done = {
        key: action.changed(state=ActionState.DONE) if action.step_id < 307 or key == "3701" else action
        for key, action in order.actions.items()
    }
    order = changed(site, order, step_id=307, actions=done, waits={})
    assert "Do you have access to your server?" in staff.order(order.order_id).text

    staff.press("process 3702", answer_1=" yes ")

    assert stored(site, order).actions["3702"].input == {"answers": {"1": "yes"}}


def at_an_approval(site: Site) -> Order:
    order = at_call_back(site)
    action = order.actions["3202"].changed(module="client_approval", config={"text": "The blue design, at 40 a month."})
    return changed(site, order, actions={**order.actions, "3202": action})


@pytest.mark.parametrize(
    ("typed", "given"),
    [
        ({"approved": "1"}, {"approved": 1}),
        ({"approved": "1", "comment": " on the telephone "}, {"approved": 1, "comment": "on the telephone"}),
        ({"approved": "0", "comment": "In green,\r\nplease"}, {"approved": 0, "comment": "In green,\nplease"}),
    ],
)
def test_staff_approve_for_a_client_who_calls(
    site: Site, staff: Staff, typed: dict[str, str], given: dict[str, object]
) -> None:
    order = at_an_approval(site)
    assert "The blue design, at 40 a month." in staff.order(order.order_id).text

    staff.press("process 3202", **typed)

    assert stored(site, order).actions["3202"].input == given


def test_nobody_approves_by_the_button_alone_or_declines_without_a_reason(site: Site, staff: Staff) -> None:
    order = at_an_approval(site)
    staff.order(order.order_id)
    refused = staff.press("process 3202", approved="0", comment="  ")
    assert (refused.status, "Say what the client wants changed" in refused.text) == (422, True)
    assert stored(site, order).actions["3202"].requested_at is None

    staff.press("process 3202", approved="")

    assert stored(site, order).actions["3202"].input == {}


def test_an_action_is_skipped_with_a_reason_and_not_without(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    staff.order(order.order_id)
    refused = staff.press("skip 3202", reason="   ")
    assert (refused.status, state_of(site, order)) == (422, ActionState.WAITING)
    staff.order(order.order_id)

    staff.press("skip 3202", reason="known for years")

    assert stored(site, order).actions["3202"].reason == "skipped by boss: known for years"
    staff.order(order.order_id)
    staff.press("undo-skip 3202")
    assert state_of(site, order) is ActionState.PENDING


def test_an_order_is_moved_with_a_reason(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    staff.order(order.order_id)

    staff.press("move", step_id="303", reason="checked by telephone")

    assert stored(site, order).step_id == 303
    assert state_of(site, order) is ActionState.SKIPPED


def test_an_order_is_canceled_with_a_reason(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    staff.order(order.order_id)
    shown = staff.press("cancel", reason="the client asked")

    now = stored(site, order)
    assert (now.step_status, now.canceled_because, now.canceled_by) == (StepStatus.CANCELED, "the client asked", "boss")
    assert "cancel" not in shown.acts


def test_a_stopped_order_is_restarted(site: Site, staff: Staff) -> None:
    order = changed(site, at_call_back(site), machine_stopped_at=site.now(), machine_stopped_because="it was aborted")
    assert "restart" in staff.order(order.order_id).acts

    staff.press("restart")

    assert stored(site, order).machine_stopped_at is None


def test_a_lead_to_review_is_submitted(site: Site, staff: Staff) -> None:
    lead = an_order_in(site, VIRTUAL, submit=False)
    assert "submit" not in staff.order(lead.order_id).acts
    changed(site, lead, review_at=site.now(), review_because="three payments failed")
    assert "three payments failed" in staff.order(lead.order_id).text

    staff.press("submit")

    assert stored(site, lead).submitted_at is not None


@pytest.mark.parametrize(
    ("role", "acts"),
    [
        ("viewer", set()),
        ("sales", set()),
        ("billing", set()),
        ("operator", {"process 3202", "answer", *HANDLING}),
        (
            "supervisor",
            {"process 3202", *(f"skip {key}" for key in (3202, 3203, 3204)), "cancel", "move", "answer", *HANDLING},
        ),
    ],
)
def test_buttons_that_a_role_does_not_allow_are_not_there(site: Site, role: str, acts: set[str]) -> None:
    assert Staff.with_role(site, role).order(at_call_back(site).order_id).acts == acts


@pytest.mark.parametrize(
    ("role", "act", "typed"),
    [
        ("viewer", "process", {"action_id": "3202"}),
        ("operator", "skip", {"action_id": "3202", "reason": "x"}),
        ("operator", "undo-skip", {"action_id": "3202"}),
        ("operator", "cancel", {"reason": "x"}),
        ("operator", "move", {"step_id": "303", "reason": "x"}),
        ("viewer", "restart", {}),
        ("viewer", "submit", {}),
        ("viewer", "answer", {"body": "hello"}),
    ],
)
def test_a_forged_button_is_refused(site: Site, role: str, act: str, typed: dict[str, str]) -> None:
    order, staff = at_call_back(site), Staff.with_role(site, role)
    _, inputs = staff.order(order.order_id).form("sign-out")

    answer = staff.post(f"/desk/orders/{order.order_id}/{act}", {**inputs, "revision": str(order.revision), **typed})

    assert answer.status in (403, 409)
    assert "needs the right" in answer.text or "where this user has" in answer.text
    assert stored(site, order) == order


def test_an_order_of_another_queue_takes_no_act(site: Site) -> None:
    order, staff = at_call_back(site), Staff.with_role(site, "supervisor", VIRTUAL)
    _, inputs = staff.open("/desk").form("sign-out")
    for act in ("process", "skip", "cancel", "move", "restart", "answer"):
        sent = {**inputs, "revision": str(order.revision), "action_id": "3202", "reason": "x", "step_id": "303"}
        assert "no such record" in staff.post(f"/desk/orders/{order.order_id}/{act}", sent).text

    assert stored(site, order) == order


@pytest.mark.usefixtures("mails")
@pytest.mark.parametrize("act", ["process 3202", "take 3202", "note", "priority", "move", "cancel", "answer"])
def test_a_look_at_the_deadlines_makes_no_button_stale(site: Site, staff: Staff, act: str) -> None:
    """The system looks a moment after an order was submitted, and later once in a while. Nobody sees a difference."""
    order = at_call_back(site)
    staff.order(order.order_id)
    for _ in range(2):
        save(site.desk.service.store, stored(site, order), lambda now: with_overdue_marked(now, site.now()))

    shown = staff.press(act, reason="known to us", body="known to us", note="known to us")

    assert shown.status == 200
    assert "Nothing was done" not in shown.text


@pytest.mark.usefixtures("mails")
@pytest.mark.parametrize("act", ["process 3202", "skip 3202", "move", "cancel", "answer"])
def test_a_stale_button_does_nothing_and_says_what_changed(site: Site, staff: Staff, act: str) -> None:
    order = at_call_back(site)
    staff.order(order.order_id)
    done = order.actions["3202"].changed(state=ActionState.DONE, by="other")
    now = changed(
        site, order, actions={**order.actions, "3202": done}, waits={}, changed_by="other", changed_how="process"
    )

    shown = staff.press(act, reason="my long reason", body="my long message")

    assert shown.status == 409
    assert "Nothing was done: the order changed" in shown.text
    assert "Identity Call-back was waiting and is done now." in shown.text
    assert "The last change was made by other: process." in shown.text
    assert stored(site, order) == now
    assert "my long" in shown.text
    if act in shown.acts:
        assert {"my long reason", "my long message"} & set(shown.form(act)[1].values())


def test_a_button_pressed_twice_acts_once(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    path, inputs = staff.order(order.order_id).form("cancel")
    first = staff.post(path, {**inputs, "reason": "x"})
    revision = stored(site, order).revision

    assert (first.status, staff.post(path, {**inputs, "reason": "x"}).status) == (303, 409)
    assert stored(site, order).revision == revision


@pytest.mark.parametrize(
    "change",
    [
        {"revision": ""},
        {"revision": "0"},
        {"revision": "-1"},
        {"revision": "9" * 40},
        {"action_id": "x"},
        {"action_id": "²"},
    ],
)
def test_a_button_without_a_readable_revision_is_refused(site: Site, staff: Staff, change: dict[str, str]) -> None:
    order = at_call_back(site)
    path, inputs = staff.order(order.order_id).form("process 3202")

    assert staff.post(path, {**inputs, **change}).status == 400
    assert stored(site, order) == order


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}]
)
def test_a_page_of_another_site_does_nothing(site: Site, staff: Staff, headers: dict[str, str]) -> None:
    order = at_call_back(site)
    path, inputs = staff.order(order.order_id).form("cancel")

    assert staff.post(path, {**inputs, "reason": "x"}, **headers).status == 403
    assert staff.post(path, {**inputs, "reason": "x", "csrf": ""}).status == 403
    assert stored(site, order) == order


def test_the_csrf_token_of_another_session_is_none(site: Site, staff: Staff) -> None:
    order, other = at_call_back(site), Staff.signed_in(site, "other")
    path, inputs = staff.order(order.order_id).form("cancel")

    assert other.post(path, {**inputs, "reason": "x"}).status == 403


def test_nothing_is_done_by_get(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    path, inputs = staff.order(order.order_id).form("process 3202")

    answer = staff.ask("GET", f"{path}?" + "&".join(f"{key}={value}" for key, value in inputs.items()))

    assert answer.status == 404
    assert stored(site, order) == order


def test_card_numbers_are_refused_wherever_they_are_typed(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    staff.order(order.order_id)

    assert staff.press("skip 3202", reason="paid by 4111 1111 1111 1111").status == 422
    assert stored(site, order) == order


def test_a_refusal_of_the_order_is_told_in_its_words(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    path, inputs = staff.order(order.order_id).form("process 3202")

    answer = staff.post(path, {**inputs, "action_id": "3501"})

    assert answer.status == 409
    assert "belongs to QA, and the order is in Verification" in answer.text


@pytest.mark.usefixtures("mails")
def test_a_client_is_answered_once_however_often_the_button_is_pressed(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    path, inputs = staff.order(order.order_id).form("answer")
    sent = {**inputs, "body": "We call you today.\n\nAda"}

    assert [staff.post(path, sent).status for _ in range(2)] == [303, 303]

    (post,) = site.desk.posts.of_order(order.order_id)
    assert (post.kind, post.recipients, post.by) == (PostKind.RESPONSE, ("ada@example.com",), "boss")
    assert "We call you today." in staff.order(order.order_id).text


@pytest.mark.usefixtures("mails")
def test_the_same_words_can_be_sent_again_on_purpose(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    for _ in range(2):
        staff.order(order.order_id)
        staff.press("answer", body="Are you there?")

    assert len(list(site.desk.posts.of_order(order.order_id))) == 2


def test_complete_orders_offer_nothing_that_they_refuse(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    done = {key: action.changed(state=ActionState.DONE) for key, action in order.actions.items()}
    complete = next(step for step in order.checklist_steps if step.status is StepStatus.COMPLETE)
    order = changed(site, order, actions=done, waits={}, step_id=complete.step_id, step_status=StepStatus.COMPLETE)

    assert staff.order(order.order_id).acts == {"answer", "note", "contact"}
    assert order.order_queue_id == DEDICATED


@pytest.mark.usefixtures("mails")
def test_an_answer_that_a_client_waits_for_is_shown_as_sent_when_its_button_is_pressed_again(
    site: Site, staff: Staff
) -> None:
    order = at_call_back(site)
    site.desk.service.mark_reply(order, 1, by="form")
    path, inputs = staff.order(order.order_id).form("answer")
    sent = {**inputs, "body": "We call you today."}

    assert [staff.post(path, sent).status for _ in range(2)] == [303, 303]
    assert stored(site, order).reply_waiting_at is None
    assert len(list(site.desk.posts.of_order(order.order_id))) == 1
    assert staff.post(path, {**inputs, "body": "Something else."}).status == 409
