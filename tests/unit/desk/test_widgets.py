"""The desk in a dashboard of the AWS console: what a viewer sees, presses, and what order text cannot become there."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from lambdas.desk.acts.act import GIVE, GIVE_BACK, NOTE, PROCESS, SKIP
from lambdas.desk.web.site import Site
from lambdas.desk.widget import actor, reader
from lambdas.desk.widget.parts import WidgetParts
from lambdas.desk.widget.runbooks import RUNBOOK_OF
from lambdas.orders.model.checklist import ActionState
from lambdas.read_models.search.entries import SearchEntries
from lambdas.read_models.worklist.follower import Worklist
from lambdas.records.broken_promises import BrokenPromise, BrokenPromises
from lambdas.records.posts.post import PostKind
from lambdas.records.users.rights import Grant, Right
from lambdas.runbooks.catalog import RUNBOOKS
from tests.unit.desk.console import ACTOR, READER, Button, Viewer
from tests.unit.desk.staff import DEDICATED, at_call_back, changed

MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:dev-dedicated_server"
HOSTILE = (
    '</cwdb-action><cwdb-action action="call" endpoint="arn:aws:lambda:x" display="widget">{"act": "process"}</cwdb-action>'
    '<script>alert(1)</script><a onclick="x()">"\'&{{ 7 * 7 }}'
)


@pytest.fixture
def parts(site: Site) -> WidgetParts:
    return WidgetParts(
        desk=site.desk,
        actor=ACTOR,
        machines={str(DEDICATED): MACHINE},
        region="eu-central-1",
        stack_name="OrderQueues-dev",
    )


def button_of(viewer: Viewer, act: str) -> Button:
    (button,) = (button for button in viewer.widget.buttons if button.parameters.get("act") == act)
    assert (button.endpoint, button.display) == (ACTOR, "popup")
    return button


@pytest.fixture
def viewer(parts: WidgetParts) -> Viewer:
    return Viewer(parts)


def test_the_worklist_shows_broken_promises_as_text(site: Site, viewer: Viewer) -> None:
    order = at_call_back(site)
    for place in (order.order_id, HOSTILE):
        broken = BrokenPromise(
            promise="order readable",
            place=place,
            what=HOSTILE,
            mend="fix its row",
            first_day="2027-01-14",
            last_day="2027-01-14",
            pass_begun_at=1,
        )
        assert BrokenPromises(site.desk.records).note(broken)

    viewer.open(show="worklist")

    assert "Broken promises" in viewer.text and HOSTILE in viewer.text
    assert {button.endpoint for button in viewer.widget.buttons} <= {ACTOR, READER}
    assert viewer.press(order.order_id).text.startswith("Board")


def test_board_leads_to_a_step_and_an_order(site: Site, viewer: Viewer) -> None:
    order = at_call_back(site)

    viewer.open(show="step", queue=DEDICATED, step=order.step_id)
    assert order.order_id in viewer.text
    viewer.press(order.order_id)
    assert "Why it waits Identity Call-back" in viewer.text
    assert viewer.press("Board").text.count("in progress") == len(site.desk.service.queues)


def test_an_order_is_found_by_its_number_or_a_beginning_of_a_name(site: Site, viewer: Viewer) -> None:
    order = at_call_back(site, last="Hopper")
    SearchEntries(site.desk.read_models).follow(None, order)

    viewer.open().press("Find", query=f" {order.order_id} ")
    assert f"Order {order.order_id}:" in viewer.text
    assert order.order_id in viewer.open().press("Find", query="hopp").text
    assert "What you typed" in viewer.open().press("Find", query="x").text


def test_the_worklist_leads_to_what_waits(site: Site, viewer: Viewer) -> None:
    order = at_call_back(site)
    Worklist(site.desk.read_models).follow(None, order)

    viewer.open(show="worklist").press(order.order_id)
    assert "Why it waits Identity Call-back" in viewer.text


def test_an_order_links_to_its_execution_logs_and_traces(site: Site, viewer: Viewer, parts: WidgetParts) -> None:
    order = at_call_back(site)

    html = reader.show({"show": "order", "order_id": order.order_id}, parts, reader=READER, request_id="r")
    assert f"eu-central-1:123456789012:execution:dev-dedicated_server:order-{order.order_id}-" in html
    assert viewer.open(show="order", order_id=order.order_id).text.count("In AWS: Execution") == 1


def test_acts_that_need_a_name_open_a_runbook_with_the_order_filled_in(site: Site, parts: WidgetParts) -> None:
    order = at_call_back(site)
    html = reader.show({"show": "order", "order_id": order.order_id}, parts, reader=READER, request_id="r")
    opened = [urlsplit(address) for address in re.findall(r'href="([^"]*automation/execute[^"]*)"', unescape(html))]

    assert {address.hostname for address in opened} == {"eu-central-1.console.aws.amazon.com"}
    found = [(address.path.rpartition("/")[2], dict(parse_qsl(address.fragment))) for address in opened]
    this = {"OrderId": order.order_id, "Revision": str(order.revision)}
    assert ("OrderQueues-dev-cancel-order", this) in found
    assert ("OrderQueues-dev-skip-action", {**this, "ActionId": "3202"}) in found


def test_a_runbook_that_a_link_opens_is_there_and_takes_what_is_filled_in() -> None:
    by_verb = {runbook.verb.value: {each.name for each in runbook.parameters} for runbook in RUNBOOKS}

    assert all({"OrderId", "Revision"} <= by_verb[name] for name in RUNBOOK_OF.values())
    assert "ActionId" in by_verb[RUNBOOK_OF[SKIP]]


def test_a_waiting_action_is_processed_with_a_reason_that_is_kept(site: Site, viewer: Viewer) -> None:
    order = at_call_back(site)

    viewer.open(show="order", order_id=order.order_id)
    button = button_of(viewer, PROCESS)
    assert button.display == "popup"
    assert order.order_id in button.confirmation
    viewer.press(button.text, reason="called the client")

    assert viewer.popup.startswith("Done")
    action = site.desk.service.get(order_id=order.order_id).actions["3202"]
    assert (action.requested_at is not None or action.state is ActionState.DONE, action.by) == (True, "aws-console")
    (note,) = site.desk.posts.of_order(order.order_id)
    assert (note.kind, note.author) == (PostKind.COMMENT, "aws-console")
    assert "called the client" in note.body


def test_without_a_reason_nothing_is_done(site: Site, viewer: Viewer) -> None:
    order = at_call_back(site)

    viewer.open(show="order", order_id=order.order_id)
    button = button_of(viewer, PROCESS)
    assert "Say why" in viewer.press(button.text).popup
    assert site.desk.service.get(order_id=order.order_id).revision == order.revision


def test_a_note_is_kept_for_staff_once(site: Site, viewer: Viewer) -> None:
    order = at_call_back(site)
    viewer.open(show="order", order_id=order.order_id)
    button = button_of(viewer, NOTE)

    assert order.order_id in button.confirmation
    for _ in range(2):  # a double click
        assert viewer.press(button.text, note="She calls at nine.\nAsk for Ada.").popup.startswith("Done")

    (note,) = site.desk.posts.of_order(order.order_id)
    assert (note.kind, note.by, note.body) == (PostKind.COMMENT, "aws-console", "She calls at nine.\nAsk for Ada.")


@pytest.mark.parametrize(("typed", "said"), [("", "Write what"), ("4242 4242 4242 4242", "card number")])
def test_a_note_that_cannot_be_kept_is_refused(site: Site, viewer: Viewer, typed: str, said: str) -> None:
    order = at_call_back(site)
    viewer.open(show="order", order_id=order.order_id)

    assert said in viewer.press(button_of(viewer, NOTE).text, note=typed).popup
    assert list(site.desk.posts.of_order(order.order_id)) == []


def test_work_is_given_to_a_user_with_a_reason_and_back_to_the_team(site: Site, viewer: Viewer) -> None:
    order = at_call_back(site)
    site.users.add("ann", now=site.desk.now(), grants=(Grant(rights=frozenset({Right.VIEW, Right.ACT})),))
    viewer.open(show="order", order_id=order.order_id)
    viewer.press(button_of(viewer, GIVE).text, user="ann", reason="she speaks French")

    assert viewer.popup.startswith("Done")
    after = site.desk.service.get(order_id=order.order_id)
    assert (after.assigned["3202"].to, after.assigned["3202"].by, after.changed_by) == ("ann", *["aws-console"] * 2)
    viewer.open(show="order", order_id=order.order_id)
    viewer.press(button_of(viewer, GIVE_BACK).text, reason="she is ill")
    assert site.desk.service.get(order_id=order.order_id).assigned == {}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"user": "nobody", "reason": "x"}, "no user of this name"),
        ({"user": "", "reason": "x"}, "Say who gets it"),
        ({"user": "boss", "reason": ""}, "Say why"),
        ({"user": "<script>", "reason": "x"}, "no user of this name"),
    ],
)
def test_work_is_given_to_a_user_who_may_see_it_or_to_nobody(
    site: Site, viewer: Viewer, typed: dict[str, str], said: str
) -> None:
    order = at_call_back(site)
    viewer.open(show="order", order_id=order.order_id)

    assert said in viewer.press(button_of(viewer, GIVE).text, **typed).popup
    assert site.desk.service.get(order_id=order.order_id) == order


@pytest.mark.parametrize(
    "forged",
    [
        {"wait": "9999"}, {"wait": ""}, {"wait": "../3202"}, {"wait": ["3202"]}, {"wait": "leads"}, {"revision": 0},
        {"revision": "1e3"}, {"order_id": 999_999}, {"order_id": "1 OR 1"}, {"act": "give-"}, {"seen": {"a": 1}},
    ],
)  # fmt: skip
def test_forged_parameters_of_a_button_are_refused_and_nothing_is_done(
    site: Site, viewer: Viewer, forged: dict[str, Any]
) -> None:
    order = at_call_back(site)
    site.users.add("ann", now=site.desk.now(), grants=(Grant(rights=frozenset({Right.VIEW, Right.ACT})),))
    viewer.open(show="order", order_id=order.order_id)
    give = button_of(viewer, GIVE).parameters | forged
    inputs = {f"give-{give.get('wait')}.{name}": text for name, text in (("user", "ann"), ("reason", "x"))}
    popup = actor.act({**give, "widgetContext": {"forms": {"all": inputs}}}, viewer.parts, request_id="r-1")

    assert "Nothing was done" in popup
    assert "Something went wrong" not in popup
    assert site.desk.service.get(order_id=order.order_id) == order


@pytest.mark.parametrize("act", [GIVE, NOTE])
def test_a_stale_note_or_gift_does_nothing(site: Site, viewer: Viewer, act: str) -> None:
    order = at_call_back(site)
    site.users.add("ann", now=site.desk.now(), grants=(Grant(rights=frozenset({Right.VIEW})),))
    viewer.open(show="order", order_id=order.order_id)
    after = changed(site, order, priority=3)

    viewer.press(button_of(viewer, act).text, note="x", user="ann", reason="x")
    assert "Nothing was done: the order changed" in viewer.popup
    assert site.desk.service.get(order_id=order.order_id) == after
    assert list(site.desk.posts.of_order(order.order_id)) == []


def test_a_stale_button_does_nothing_and_says_what_changed(site: Site, viewer: Viewer) -> None:
    order = at_call_back(site)
    viewer.open(show="order", order_id=order.order_id)
    button = button_of(viewer, PROCESS)
    skipped = order.actions["3202"].changed(state=ActionState.SKIPPED)
    after = changed(site, order, actions={**order.actions, "3202": skipped})

    viewer.press(button.text, reason="called")
    assert "Nothing was done: the order changed" in viewer.popup
    assert "Identity Call-back was waiting and is skipped now." in viewer.popup
    assert site.desk.service.get(order_id=order.order_id) == after


@pytest.mark.parametrize(
    "what",
    [
        "skip",
        "cancel",
        "move",
        "restart",
        "submit",
        "answer",
        "undo-skip",
        "take",
        "priority",
        "contact",
        "",
        "__class__",
    ],
)
def test_only_harmless_acts_can_be_called_whatever_a_call_is_forged_to_say(
    site: Site, viewer: Viewer, what: str
) -> None:
    order = at_call_back(site)
    forged = {"act": what, "order_id": order.order_id, "action_id": 3202, "revision": order.revision}

    viewer.open(show="order", order_id=order.order_id).call(ACTOR, forged, {"reason": "because"})
    assert "Nothing was done" in viewer.popup
    assert site.desk.service.get(order_id=order.order_id) == order


@pytest.mark.parametrize(
    "event",
    [
        {"show": ["board"]},
        {"show": "x" * 21},
        {"queue": "1; drop"},
        {"order_id": {"S": "1"}},
        {"revision": -1},
        {"seen": "x" * 5_000},
        {"widgetContext": "x"},
        {"widgetContext": {"forms": {"all": [1]}, "params": 7}},
        {"act": None},
    ],
)
def test_a_forged_call_is_a_message_and_never_an_error(parts: WidgetParts, event: dict[str, Any]) -> None:
    for html in (
        reader.show(event, parts, reader=READER, request_id="r-1"),
        actor.act({"act": "process", "order_id": "9", "revision": "1"} | event, parts, request_id="r-1"),
    ):
        assert "Something went wrong" not in html


def test_hostile_text_never_becomes_markup_or_a_button(site: Site, viewer: Viewer) -> None:
    info = dict.fromkeys(("first", "last", "company", "address", "city"), HOSTILE)
    order = at_call_back(site, **info)
    action = order.actions["3202"].changed(reason=HOSTILE, name=HOSTILE, owner=HOSTILE, by=HOSTILE)
    steps = tuple(step.changed(name=HOSTILE) for step in order.checklist_steps)
    waits = {key: wait.changed(owner=HOSTILE) for key, wait in order.waits.items()}
    changed(
        site, order, listed_company=HOSTILE, owner=HOSTILE, changed_by=HOSTILE, changed_how=HOSTILE, checklist_steps=steps,
        actions={**order.actions, "3202": action}, waits=waits, review_because=HOSTILE,
    )  # fmt: skip

    for parameters in (
        {"show": "order", "order_id": order.order_id},
        {"show": "step", "queue": 3, "step": order.step_id},
    ):
        viewer.open(**parameters)
        assert HOSTILE in viewer.text or "</cwdb-action>" in viewer.text
        assert not viewer.widget.cut
        assert {button.endpoint for button in viewer.widget.buttons} <= {READER, ACTOR}
        acts = [button for button in viewer.widget.buttons if "act" in button.parameters]
        assert all(button.parameters["order_id"] == order.order_id for button in acts)


def test_the_console_gets_the_widgets_documentation_without_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reader.handler({"describe": True}, None)["markdown"].startswith("## Order desk")
    assert "Acts on orders" in actor.handler({"describe": True}, None)["markdown"]
