"""Clients answer on the status page: what moves the order is only what the page asked, from that page, while it asks."""

from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from lambdas.forms.shop import Shop
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.records.links.link import LinkPurpose, new_token
from tests.support.build import Clock
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import the_order_id, to_payment, with_card

ASK = 201
APPROVAL = {"module": "client_approval", "config": {"text": "The <b>blue</b> design."}}
QUESTION = {
    "module": "simple_question",
    "config": {
        "client_answers": True,
        "questions": [
            {"question": "Access?", "answer": "yes", "choices": ["Yes", "No"]},
            {"question": "When?", "date": True},
        ],
    },
}


@pytest.fixture
def order(browser: Browser, shop: Shop) -> Order:
    to_payment(browser)
    with_card(browser)
    browser.send()
    return shop.service.get(order_id=the_order_id(browser, shop))


class Visit(NamedTuple):
    browser: Browser
    shop: Shop
    order: Order
    token: str


@pytest.fixture
def visit(browser: Browser, shop: Shop, order: Order) -> Visit:
    token = new_token()
    shop.links.make(token, LinkPurpose.STATUS, order.order_id, now=shop.now())
    return Visit(browser, shop, order, token)


def asked(shop: Shop, order: Order, **of: Any) -> None:
    """The order waits for this action."""
    now = shop.service.get(order_id=order.order_id)
    fields = {
        "name": "Your design",
        "automatic": True,
        "client_viewable": True,
        "state": ActionState.WAITING,
        "attempts": 1,
    }
    action = ChecklistAction.model_validate({"action_id": ASK, "step_id": now.step_id, **fields, **of})
    shop.service.store.save(now.with_action(action))


def the_action(shop: Shop, order: Order) -> ChecklistAction:
    return shop.service.get(order_id=order.order_id).actions[str(ASK)]


def answers(browser: Browser, token: str, **typed: str) -> Page:
    """Send the form of the ask, as the page shows it now."""
    page = browser.open(f"/orders/{token}")
    return browser.post(f"/orders/{token}", {**page.inputs, **typed})


@pytest.mark.parametrize(
    ("kind", "typed", "given"),
    [
        (APPROVAL, {"decision": "approve"}, {"approved": 1}),
        (APPROVAL, {"decision": "decline", "comment": "In green"}, {"approved": 0, "comment": "In green"}),
        (QUESTION, {"answer_1": "Yes", "answer_2": "2027-02-01"}, {"answers": ["Yes", "2027-02-01"]}),
    ],
)
def test_an_answer_moves_the_order(visit: Visit, kind: dict[str, Any], typed: dict[str, str], given: Any) -> None:
    browser, shop, order, token = visit
    asked(shop, order, **kind)
    page = browser.open(f"/orders/{token}")
    assert "We need your answer: Your design" in page.text
    assert "<b>blue" not in page.body

    assert answers(browser, token, **typed).status == 303
    action = the_action(shop, order)
    assert (action.input, action.requested_at is not None, action.by.startswith("link ")) == (given, True, True)
    assert "We need your answer" not in browser.open(f"/orders/{token}").text


@pytest.mark.parametrize(
    ("kind", "typed", "error"),
    [
        (APPROVAL, {"decision": "decline"}, "Enter what should be changed"),
        (APPROVAL, {"decision": "approve", "comment": "4111 1111 1111 1111"}, "looks like a card number"),
        (APPROVAL, {"decision": "approve", "comment": "x" * 501}, "at most 500 characters"),
        (QUESTION, {"answer_1": "Yes"}, "Answer this: When?"),
    ],
)
def test_what_cannot_be_taken_is_said_and_changes_nothing(
    visit: Visit, kind: dict[str, Any], typed: dict[str, str], error: str
) -> None:
    browser, shop, order, token = visit
    asked(shop, order, **kind)
    page = answers(browser, token, **typed)

    assert (page.status, error in page.text) == (422, True)
    assert the_action(shop, order).requested_at is None


@pytest.mark.parametrize(
    "changes",
    [
        {"attempts": 2},
        {"config": {"text": "The red design."}},
        {"state": ActionState.DONE},
        {"requested_at": 1_800_000_000},
        {"client_viewable": False},
        {"module": "manual_check_off"},
    ],
)
def test_a_stale_answer_is_refused(visit: Visit, clock: Clock, changes: dict[str, Any]) -> None:
    browser, shop, order, token = visit
    asked(shop, order, **APPROVAL)
    shown = browser.open(f"/orders/{token}").inputs
    asked(
        shop, order, **{**APPROVAL, **({**changes, "requested_at": clock()} if "requested_at" in changes else changes)}
    )
    before = the_action(shop, order)
    page = browser.post(f"/orders/{token}", {**shown, "decision": "approve"})

    assert page.status == 409
    assert the_action(shop, order) == before


def test_only_the_orders_own_page_answers(visit: Visit) -> None:
    browser, shop, order, token = visit
    asked(shop, order, **APPROVAL)
    typed = {**browser.open(f"/orders/{token}").inputs, "decision": "approve"}
    other = new_token()
    shop.links.make(other, LinkPurpose.STATUS, order.order_id, now=shop.now())

    assert browser.post(f"/orders/{other}", typed).status == 403
    assert browser.post(f"/orders/{token}", typed, **{"sec-fetch-site": "cross-site"}).status == 403
    assert browser.ask("GET", f"/orders/{token}?ask={ASK}&decision=approve&stamp={typed['stamp']}").status == 200
    assert the_action(shop, order).requested_at is None


def test_a_closed_link_answers_nothing(visit: Visit) -> None:
    browser, shop, order, token = visit
    asked(shop, order, **APPROVAL)
    typed = {**browser.open(f"/orders/{token}").inputs, "decision": "approve"}
    shop.links.revoke(order.order_id, None, shop.now())

    assert browser.post(f"/orders/{token}", typed).status == 410
    assert the_action(shop, order).requested_at is None


def test_two_answers_at_once_are_one(visit: Visit) -> None:
    browser, shop, order, token = visit
    asked(shop, order, **APPROVAL)
    typed = browser.open(f"/orders/{token}").inputs
    first = browser.post(f"/orders/{token}", {**typed, "decision": "approve"})
    second = browser.post(f"/orders/{token}", {**typed, "decision": "decline", "comment": "No"})

    assert (first.status, second.status) == (303, 409)
    assert the_action(shop, order).input == {"approved": 1}


@pytest.mark.parametrize("of", [{"prereqs": (102,)}, {"state": ActionState.FAILED}, {"claim_ends_at": 4_000_000_000}])
def test_what_cannot_be_answered_yet_is_not_asked(visit: Visit, of: dict[str, Any]) -> None:
    browser, shop, order, token = visit
    asked(shop, order, **APPROVAL, **of)

    assert "We need your answer" not in browser.open(f"/orders/{token}").text


def test_questions_of_staff_are_not_asked(visit: Visit) -> None:
    browser, shop, order, token = visit
    questions = {"questions": [{"question": "Paid in full?", "answer": "yes"}]}
    asked(shop, order, module="simple_question", config=questions)

    assert "Paid in full?" not in browser.open(f"/orders/{token}").text


def test_what_was_typed_for_one_action_is_not_shown_as_the_answer_to_another(visit: Visit) -> None:
    browser, shop, order, token = visit
    asked(shop, order, **APPROVAL)
    asked(shop, order, action_id=202, **APPROVAL)
    page = browser.open(f"/orders/{token}")
    of_first = {**page.inputs, "ask": str(ASK), "stamp": page.body.split('name="stamp" value="')[1][:32]}

    again = browser.post(f"/orders/{token}", {**of_first, "decision": "approve", "comment": "x" * 501})

    assert (again.status, again.body.count("x" * 501)) == (422, 1)
    assert f'href="#ask-{ASK}"' in again.body


def test_a_question_is_asked_in_the_readers_language_and_answered_in_the_queues(visit: Visit) -> None:
    _browser, shop, order, token = visit
    question = {"question": "Access?", "answer": "yes", "choices": ["Yes", "No"]}
    german = {"question": "Haben Sie Zugang?", "choices": ["Ja", "Nein"]}
    config = {"client_answers": True, "questions": [{**question, "i18n": {"de": german}}]}
    asked(shop, order, module="simple_question", config=config)
    browser = Browser(replace(shop, languages=("en", "de")), cookies={"__Host-lang": "de"})
    page = browser.open(f"/orders/{token}")

    assert "Haben Sie Zugang?" in page.text
    assert 'value="Yes"> <span class="what">Ja</span>' in page.body
    assert answers(browser, token, answer_1="Yes").status == 303
    assert the_action(shop, order).input == {"answers": ["Yes"]}


def test_so_is_an_approval(visit: Visit) -> None:
    _browser, shop, order, token = visit
    text = {"text": "The design.", "i18n": {"de": {"text": "Der Entwurf."}}}
    asked(shop, order, module="client_approval", config=text)

    browser = Browser(replace(shop, languages=("en", "de")), cookies={"__Host-lang": "de"})
    assert "Der Entwurf." in browser.open(f"/orders/{token}").text
    assert "The design." in Browser(shop).open(f"/orders/{token}").text
