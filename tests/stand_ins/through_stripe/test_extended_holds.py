"""Cards that are held for longer, where the stage asks for it, the order takes its money late, and the card's bank does it."""

from dataclasses import replace

import pytest

from lambdas.orders.decisions.hold_clock import HALF, mark_at
from lambdas.orders.payment_ports import PRESENT
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.stripe.gateway import StripeGateway
from lambdas.payments.stripe.intents import Intents
from lambdas.records.clients.client import ClientRecords
from tests.stand_ins.stripe.charges import EXTENDED_SECONDS, HOLD_SECONDS
from tests.stand_ins.stripe_gateway import KEY, Shop
from tests.support.build import CARD, CONTACT, NOW, a_draft, a_service
from tests.unit.orders.decisions.test_hold_forecast import slow_queue

LATE = replace(PRESENT, held_until=NOW + 20 * 86_400)


@pytest.fixture
def extending(shop: Shop) -> Shop:
    shop.gateway = StripeGateway(shop.calls, Intents(shop.records), shop.clock, (shop.stand_in.url,), extends=True)
    return shop


@pytest.mark.parametrize(
    ("card", "seconds"), [("pm_card_visa", EXTENDED_SECONDS), ("pm_card_mastercard", HOLD_SECONDS)]
)
def test_the_hold_lives_as_long_as_the_bank_grants(extending: Shop, card: str, seconds: int) -> None:
    held = extending.authorize(card, payer=LATE)

    assert held.capture_before == NOW + seconds
    assert held.held_at == NOW


@pytest.mark.parametrize("payer", [PRESENT, LATE])
def test_nothing_is_asked_for_an_order_that_takes_its_money_soon_or_on_a_stage_that_does_not_want_it(
    shop: Shop, extending: Shop, payer: object
) -> None:
    if payer is LATE:
        extending.gateway = StripeGateway(shop.calls, Intents(shop.records), shop.clock, (shop.stand_in.url,))
    held = extending.authorize(payer=payer)

    assert held.capture_before == NOW + HOLD_SECONDS
    assert shop.booked("pi")[0]["payment_method_options"] == {}


def test_a_renewal_of_an_extended_hold_is_extended_too(extending: Shop) -> None:
    token = extending.token()
    held = extending.authorize(token=token, payer=LATE)
    extending.clock.advance(days=10)
    renewed = extending.gateway.renew(key=f"{KEY}:renew", transaction_id=held.transaction_id, token=token)

    assert renewed.capture_before == NOW + 10 * 86_400 + EXTENDED_SECONDS


@pytest.mark.parametrize(("hours", "seconds"), [(5 * 24, EXTENDED_SECONDS), (24, HOLD_SECONDS)])
def test_the_queues_own_deadlines_decide_and_the_clock_of_the_hold_follows(
    extending: Shop, hours: int, seconds: int
) -> None:
    payments = PreAuthorization(extending.gateway, ClientRecords(extending.records), extending.clock)
    queue = slow_queue(hours)
    service = a_service(queues={queue.order_queue_id: queue}, payments=payments, now=lambda: int(extending.clock()))
    info = {**CONTACT, **CARD, "cc_token": extending.token(), "pack1": {"plan_id": "1", "price": "20"}}
    created = service.create(a_draft(info=info), by="web")
    hold = service.submit(created, by="web").hold

    assert hold is not None
    assert hold.capture_before == NOW + seconds
    assert mark_at(hold, HALF) == NOW + seconds // 2
