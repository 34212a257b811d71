"""Webhooks of Stripe: what is let in, and what becomes of an order whose buyer never comes back."""

import json
import random
from typing import Any

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.forms.shop import Shop as Forms
from lambdas.payments.gateway import Dated
from lambdas.payments.stripe.gateway import StripeGateway
from lambdas.records.broken_promises import BrokenPromises
from lambdas.webhooks.applying import Applying
from lambdas.webhooks.handler import MAX_BODY_BYTES
from tests.stand_ins.stripe.webhooks import signature_header
from tests.stand_ins.stripe_gateway import Shop
from tests.stand_ins.through_stripe.test_authentication import ASKS, browser, forms, on_page, order_of, ordered
from tests.stand_ins.webhooks.post import SIGNING, Post
from tests.unit.forms.browser import Browser

__all__ = ["browser", "forms"]
UNKNOWN_ORDER = "999999"


@pytest.fixture
def post(shop: Shop, forms: Forms) -> Post:
    return Post(shop, forms)


def an_event(name: str = "evt_1", about: str = "pi_1", kind: str = "payment_intent.succeeded") -> dict[str, Any]:
    return {"id": name, "type": kind, "data": {"object": {"id": about, "object": "payment_intent"}}}


def test_a_submit_is_completed_by_a_webhook_alone_when_the_browser_never_returns(
    browser: Browser, forms: Forms, shop: Shop, post: Post
) -> None:
    on_page(ordered(browser).headers["Location"], "proved")
    assert order_of(browser, forms).is_lead
    assert set(post.deliver()) == {200}
    post.work()

    order = order_of(browser, forms)
    assert (order.is_lead, order.changed_by) == (False, "webhook:stripe")
    assert order.hold is not None
    assert order.hold.transaction_id == shop.booked("pi")[0]["id"]
    assert "submitted" in post.outcomes()
    assert browser.open("/forms/hosting/wait").path.startswith("/orders/")


def test_a_failure_at_the_bank_ends_the_payment_though_the_browser_never_returns(
    browser: Browser, forms: Forms, post: Post
) -> None:
    on_page(ordered(browser).headers["Location"], "refused")
    post.deliver()
    post.work()

    order = order_of(browser, forms)
    assert (order.is_lead, order.attempt, len(order.declined_at)) == (True, None, 1)


def test_what_is_not_proved_yet_stays_as_it_is(browser: Browser, forms: Forms, post: Post) -> None:
    ordered(browser)
    post.deliver()
    post.work()

    order = order_of(browser, forms)
    assert order.is_lead
    assert order.attempt is not None
    assert set(post.outcomes()) <= {"undecided", "not ours"}


def test_an_event_of_another_order_is_only_a_hint(browser: Browser, forms: Forms, shop: Shop, post: Post) -> None:
    """A signed event that says more than the payment does changes nothing: the payment is looked up."""
    ordered(browser)
    intent = shop.booked("pi")[0]
    lie = an_event(about=intent["id"])
    lie["data"]["object"] |= {"status": "succeeded", "amount_received": 9900, "metadata": {"order_id": UNKNOWN_ORDER}}

    assert post.post(*post.signed(lie)) == 200
    post.work()
    assert order_of(browser, forms).is_lead


def test_money_that_no_order_knows_stands_on_the_worklist_and_rings(
    shop: Shop, post: Post, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.authorize(key="nobody's", order_id=UNKNOWN_ORDER)
    post.deliver()
    post.work()

    (found,) = BrokenPromises(shop.records).read_all()
    assert (found.place, found.of_day) == (UNKNOWN_ORDER, "2027-01-15")
    assert "neither an order nor an invoice knows that payment" in found.what
    assert shop.booked("pi")[0]["id"] not in found.what + found.mend
    assert any("unmatched" in each for each in post.outcomes())


def test_a_payment_of_another_installation_on_the_account_is_left_alone(
    shop: Shop, post: Post, dynamodb: DynamoDBClient, sdk: Any
) -> None:
    made = sdk.v1.payment_intents.create(
        {"amount": 700, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    )
    post.deliver()
    post.work()

    assert made.status == "succeeded"
    assert BrokenPromises(shop.records).read_all() == []
    assert set(post.outcomes()) == {"not ours"}


def test_an_event_is_stored_once_and_applied_once(browser: Browser, forms: Forms, shop: Shop, post: Post) -> None:
    on_page(ordered(browser).headers["Location"], "proved")
    chance = random.Random(7)
    post.deliver(chance, most_copies=4)
    post.work(chance)
    revision = order_of(browser, forms).revision
    post.sender._next = 0
    assert set(post.deliver(chance, most_copies=4)) == {200}
    assert post.queue.waiting == []  # what was applied is not queued again
    post.work()

    assert order_of(browser, forms).revision == revision
    assert len(shop.booked("ch")) == 1


def test_of_two_runs_with_one_event_at_once_the_one_that_did_it_says_so(
    browser: Browser, forms: Forms, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A provider repeats an event before the first message of it is done."""
    on_page(ordered(browser).headers["Location"], "proved")
    post.deliver()
    first, *others = post.queue.waiting
    really = Applying.apply
    taken: list[bool] = []

    def apply(applying: Applying, found: Dated, *, by: str) -> str:
        done = really(applying, found, by=by)
        if not taken:
            taken.append(True)
            taken.append(post._is_taken({**first, "messageId": "again"}))
        return done

    monkeypatch.setattr(Applying, "apply", apply)

    assert post._is_taken(first)
    assert taken == [True, False]
    post.queue.waiting = [{**first, "messageId": "again"}, *others]
    post.work()
    assert "submitted" in post.outcomes()


def test_a_run_that_died_while_it_applied_an_event_holds_it_up_for_a_minute(
    browser: Browser, forms: Forms, shop: Shop, post: Post
) -> None:
    on_page(ordered(browser).headers["Location"], "proved")
    post.deliver()
    now = int(shop.clock())
    for message in post.queue.waiting:
        event = post.worker.events.get(*json.loads(message["body"]))
        assert event is not None and post.worker.events.claim(event, now=now, ends_at=now + 60)

    post.work(passes=1)
    assert set(post.outcomes()) == {""}
    post.work()
    assert "submitted" in post.outcomes()


def test_a_run_that_died_between_storing_and_queueing_is_made_good_by_the_next_delivery(post: Post) -> None:
    post.queue.is_broken = True
    with pytest.raises(ConnectionError):
        post.post(*post.signed(an_event()))
    post.queue.is_broken = False

    assert post.post(*post.signed(an_event())) == 200
    assert len(post.queue.waiting) == 1


def test_two_keys_are_valid_while_one_replaces_the_other(post: Post, shop: Shop) -> None:
    body = json.dumps(an_event())
    at = int(shop.clock())

    def status(*keys: str) -> int:
        return post.post(body.encode(), {"Stripe-Signature": signature_header(body, keys, at)})

    assert [status(SIGNING), status("whsec_new"), status("whsec_new", SIGNING)] == [200, 401, 200]
    post.secrets.text = f"whsec_new\n{SIGNING}\n"
    shop.clock.advance(seconds=301)
    at = int(shop.clock())
    assert [status(SIGNING), status("whsec_new"), status("whsec_gone")] == [200, 200, 401]
    post.secrets.text = "whsec_new"
    shop.clock.advance(seconds=301)
    at = int(shop.clock())
    assert [status(SIGNING), status("whsec_new")] == [401, 200]


@pytest.mark.parametrize("seconds", [-3_600, -301, 301, 3_600])
def test_an_old_signature_is_refused(post: Post, shop: Shop, seconds: int) -> None:
    body = json.dumps(an_event())
    header = signature_header(body, (SIGNING,), int(shop.clock()) + seconds)

    assert post.post(body.encode(), {"Stripe-Signature": header}) == 401
    assert post.queue.waiting == []


def test_a_signature_is_of_one_body_one_key_and_one_header(post: Post, shop: Shop) -> None:
    body, headers = post.signed(an_event())
    other, _ = post.signed(an_event(about="pi_2"))
    good = headers["Stripe-Signature"]
    refused: list[dict[str, str]] = [
        {},
        {"Stripe-Signature": ""},
        {"Sandbox-Signature": good},
        {"X-Signature": good},
        {"Stripe-Signature": good.replace("v1=", "v0=")},
        {"Stripe-Signature": f"{good},t=1"},
        {"Stripe-Signature": good.partition(",")[2]},
    ]

    assert {post.post(body, each) for each in refused} == {401}
    assert post.post(other, headers) == 401
    assert post.post(body, headers, encoded=True) == 200


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ("", 400),
        ("[]", 400),
        ("{", 400),
        ("[" * 100_000, 400),
        ({"id": "evt_1", "type": "payment_intent.succeeded"}, 400),
        ({"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": "pi_1"}}, 400),
        (an_event(name="evt_1#other"), 400),
        (an_event(about="../pi_1"), 400),
        (an_event(about="a" * 101), 400),
        (an_event(kind="customer.created"), 200),
        ({"id": "evt_1", "type": "charge.updated", "data": {"object": {"id": "ch_1", "object": "charge"}}}, 200),
        ("x" * (MAX_BODY_BYTES + 1), 413),
    ],
)
def test_what_cannot_be_an_event_of_a_payment_is_not_kept(post: Post, content: Any, status: int) -> None:
    assert post.post(*post.signed(content)) == status
    assert post.queue.waiting == []


def test_an_unknown_gateway_and_one_that_does_not_pay_this_stage(post: Post, shop: Shop) -> None:
    body, headers = post.signed(an_event())
    assert {post.post(body, headers, gateway=each) for each in ("paypal", "Stripe", "..", "")} >= {404}
    sandbox = {"Sandbox-Signature": headers["Stripe-Signature"]}
    assert post.post(body, sandbox, gateway="sandbox") == 200
    post.work()

    found = post.worker.events.get("sandbox", "evt_1")
    assert found is not None
    assert found.outcome == "another gateway"


def test_nothing_of_an_event_but_its_ids_is_kept_or_logged(
    post: Post, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    canary = "canary of a person"
    event = an_event()
    event["data"]["object"] |= {"client_secret": canary, "shipping": {"name": canary}}
    post.post(*post.signed(event))
    post.work(passes=2)

    stored = shop.records.get("gateway_event#stripe#evt_1", "event")
    assert canary not in json.dumps(stored, default=str) + capsys.readouterr().out
    assert stored is not None
    assert stored["expires_at"] > shop.clock()


def test_an_event_waits_while_the_provider_does_not_answer(
    browser: Browser, forms: Forms, shop: Shop, post: Post
) -> None:
    on_page(ordered(browser, ASKS).headers["Location"], "proved")
    post.deliver()
    with shop.stand_in.away():
        post.work(passes=3)
        assert order_of(browser, forms).is_lead
    post.work()

    assert not order_of(browser, forms).is_lead


def test_a_stripe_gateway_looks_nothing_up_that_it_did_not_begin(shop: Shop, sdk: Any) -> None:
    assert isinstance(shop.gateway, StripeGateway)
    assert shop.gateway.look_up("pi_none") is None
    held = shop.authorize()
    found = shop.gateway.look_up(held.transaction_id)
    assert found is not None
    assert found.transaction == held
