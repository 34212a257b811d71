"""The stand-in's idempotency keys and its faults, as Stripe's own SDK meets them."""

import threading
from typing import Any

import pytest
import stripe
from requests.exceptions import ConnectionError as RequestsConnectionError
from stripe import StripeClient
from urllib3.exceptions import MaxRetryError, NewConnectionError

from tests.stand_ins.conftest import Clock
from tests.stand_ins.stripe.calling import sdk_of
from tests.stand_ins.stripe.faults import Fault
from tests.stand_ins.stripe.server import StripeStandIn

CREATE = "POST /v1/payment_intents"
ASKED: Any = {"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "capture_method": "manual"}
KEYED: Any = {"idempotency_key": "k1"}


def created(sdk: StripeClient, **changes: Any) -> stripe.PaymentIntent:
    asked: Any = ASKED | changes
    return sdk.v1.payment_intents.create(asked, KEYED)


def intents(stand_in: StripeStandIn) -> int:
    return len(list(stand_in.books.all("pi")))


def test_a_key_gives_the_first_answer_again_as_it_was(sdk: StripeClient, stand_in: StripeStandIn) -> None:
    first = created(sdk)
    sdk.v1.payment_intents.confirm(first.id)
    again = created(sdk)

    assert (again.id, again.status, intents(stand_in)) == (first.id, "requires_confirmation", 1)
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"


def test_a_key_is_forgotten_after_a_day(sdk: StripeClient, stand_in: StripeStandIn, clock: Clock) -> None:
    first = created(sdk)
    clock.advance(seconds=86_399)
    assert created(sdk).id == first.id
    clock.advance(seconds=1)

    assert created(sdk).id != first.id
    assert intents(stand_in) == 2


def test_a_key_belongs_to_its_parameters(sdk: StripeClient, stand_in: StripeStandIn) -> None:
    created(sdk)
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        created(sdk, amount=2001)
    assert intents(stand_in) == 1


def test_a_key_belongs_to_one_endpoint(sdk: StripeClient) -> None:
    intent = created(sdk)
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        sdk.v1.payment_intents.cancel(intent.id, {}, KEYED)


def test_a_decline_is_kept_but_a_wrong_parameter_is_not(sdk: StripeClient, stand_in: StripeStandIn) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        created(sdk, amount=1)
    intent = created(sdk, payment_method="pm_card_visa_chargeDeclined")
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            sdk.v1.payment_intents.confirm(intent.id, {}, {"idempotency_key": "k2"})
    assert len(list(stand_in.books.all("ch"))) == 1


def test_of_two_calls_at_once_under_one_key_one_works(stand_in: StripeStandIn) -> None:
    made = set[str]()

    def call() -> None:
        made.add(created(sdk_of(stand_in)).id)

    callers = [threading.Thread(target=call) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert (len(made), intents(stand_in)) == (1, 1)


@pytest.mark.parametrize(
    ("fault", "done"),
    [
        (Fault.CUT_BEFORE, 0),
        (Fault.CUT_AFTER, 1),
        (Fault.HTML_502_BEFORE, 0),
        (Fault.HTML_502_AFTER, 1),
        (Fault.TOO_MANY, 0),
        (Fault.TWIN, 0),
    ],
)
def test_what_the_key_does_not_know_is_done_by_the_repetition(
    sdk: StripeClient, stand_in: StripeStandIn, fault: Fault, done: int
) -> None:
    stand_in.api.faults.plan(CREATE, fault)
    with pytest.raises(stripe.StripeError):
        created(sdk)
    assert intents(stand_in) == done

    assert created(sdk).status == "requires_confirmation"
    assert intents(stand_in) == 1


@pytest.mark.parametrize(("fault", "done"), [(Fault.STORED_500_BEFORE, 0), (Fault.STORED_500_AFTER, 1)])
def test_a_stored_500_is_answered_to_each_repetition(
    sdk: StripeClient, stand_in: StripeStandIn, fault: Fault, done: int
) -> None:
    stand_in.api.faults.plan(CREATE, fault)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            created(sdk)
    assert intents(stand_in) == done


def test_the_sdk_tells_a_refused_connection_from_a_cut_one(sdk: StripeClient, stand_in: StripeStandIn) -> None:
    with stand_in.away(), pytest.raises(stripe.APIConnectionError) as refused:
        created(sdk)
    stand_in.api.faults.plan(CREATE, Fault.CUT_AFTER)
    with pytest.raises(stripe.APIConnectionError) as cut:
        created(sdk)

    assert _never_arrived(refused.value)
    assert not _never_arrived(cut.value)
    assert intents(stand_in) == 1


def test_it_may_go_away_after_a_call_and_come_back(sdk: StripeClient, stand_in: StripeStandIn) -> None:
    stand_in.api.faults.plan(CREATE, Fault.GOES_AWAY)
    intent = created(sdk)
    with pytest.raises(stripe.APIConnectionError):
        sdk.v1.payment_intents.confirm(intent.id)
    stand_in.come_back()

    assert sdk.v1.payment_intents.confirm(intent.id).status == "requires_capture"


def test_errors_have_the_classes_and_fields_of_the_sdk(stand_in: StripeStandIn) -> None:
    stand_in.api.restricted.add("rk_restricted")
    with pytest.raises(stripe.AuthenticationError):
        created(sdk_of(stand_in, "rk_wrong"))
    with pytest.raises(stripe.PermissionError):
        created(sdk_of(stand_in, "rk_restricted"))
    stand_in.api.faults.plan(CREATE, Fault.TOO_MANY)
    with pytest.raises(stripe.RateLimitError) as limited:
        created(sdk_of(stand_in))
    assert limited.value.error is not None
    assert limited.value.error.code == "rate_limit"
    with pytest.raises(stripe.InvalidRequestError) as missing:
        sdk_of(stand_in).v1.payment_intents.retrieve("pi_nobody")
    assert missing.value.http_status == 404


def _never_arrived(error: stripe.APIConnectionError) -> bool:
    cause = error.__cause__
    reason = cause.args[0] if isinstance(cause, RequestsConnectionError) and cause.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)
