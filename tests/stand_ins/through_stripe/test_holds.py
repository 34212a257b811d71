"""A held order's 40 days at Stripe, by its real SDK: each policy, with a connection that is cut at every call.

The stand-in forgets its keys after a day. It never has two live holds of the order, and nobody pays twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from lambdas.orders.decisions import hold_clock, progress
from lambdas.orders.model.hold_clock import HoldPolicy, Holds, Trouble
from lambdas.orders.model.order import Order
from lambdas.payments.hold import hold_of
from lambdas.payments.holds.keeping import HoldKeeper, Kept
from lambdas.payments.reversal import Reversals
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.payment_method import submitted_method
from tests.stand_ins.stripe.faults import Fault
from tests.stand_ins.stripe_gateway import Shop
from tests.support.build import CARD, CONTACT, NOW, a_submitted_order, hold_key
from tests.support.fakes import InMemoryOrderStore
from tests.unit.payments.test_preauthorization import an_attempt

TOTAL = 2_000
INTENTS = "POST /v1/payment_intents"
CALLS = [
    INTENTS,
    f"{INTENTS}/*/cancel",
    f"{INTENTS}/*/confirm",
    "GET /v1/payment_intents/*",
    "GET /v1/payment_methods/*",
]


@dataclass
class Held:
    """An order whose money Stripe holds."""

    shop: Shop
    rules: Holds
    method: str = "pm_card_visa"

    def __post_init__(self) -> None:
        self.store = InMemoryOrderStore()
        now = lambda: int(self.shop.clock())  # noqa: E731 - the keeper counts whole seconds
        self.keeper = HoldKeeper(
            self.store, self.shop.gateway, ClientRecords(self.shop.records), lambda _: self.rules, now
        )
        token = self.shop.token(self.method)
        info = {**CONTACT, **CARD, "cc_token": token}
        order = a_submitted_order(info=info, looked_at=NOW, total_cents=TOTAL)
        key, method = hold_key(order), submitted_method(info)
        assert method is not None
        held = self.shop.authorize(key=key, token=token)
        self.store.create(order.changed(hold=hold_of(held, an_attempt(key=key), method)), [], NOW)

    @property
    def order(self) -> Order:
        return self.store.get("1001")

    def live(self) -> list[str]:
        return [each["id"] for each in self.shop.booked("pi") if each["status"] == "requires_capture"]

    def received(self) -> int:
        return sum(each["amount_received"] for each in self.shop.booked("pi"))

    def live_through(self, days: int, *, hours: int = 12) -> Iterator[Kept]:
        for _ in range(days * 24 // hours):
            self.shop.clock.advance(seconds=hours * 3_600)
            yield self.keeper.keep("1001")
            assert len(self.live()) <= 1
            assert self.received() <= TOTAL


@pytest.mark.parametrize(
    ("policy", "done"),
    [
        (HoldPolicy.RENEW, [*["warned", "renewed"] * 3, "warned", "given", "given"]),
        (HoldPolicy.CAPTURE, ["warned", "captured"]),
        (HoldPolicy.ASK, ["warned", "given", "given"]),
    ],
)
def test_each_policy_for_40_days(shop: Shop, policy: HoldPolicy, done: list[str]) -> None:
    held = Held(shop, Holds(when_lapsing=policy))
    kept = [each.value for each in held.live_through(40) if each is not Kept.LEFT]

    hold = held.order.hold
    assert hold is not None
    charges = {each["id"] for each in shop.booked("ch")}
    assert hold.ids.authorization in charges
    assert (hold.ids.renewed in charges, hold.ids.capture in charges) == (
        policy is HoldPolicy.RENEW,
        policy is HoldPolicy.CAPTURE,
    )
    assert kept == done
    assert held.received() == (TOTAL if policy is HoldPolicy.CAPTURE else 0)


@pytest.mark.parametrize("fault", [Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.STORED_500_AFTER, Fault.TOO_MANY])
@pytest.mark.parametrize("call", CALLS)
def test_a_renewal_whose_answer_is_lost_anywhere_is_one_renewal(shop: Shop, call: str, fault: Fault) -> None:
    held = Held(shop, Holds())
    shop.clock.advance(days=5.7)
    shop.stand_in.api.faults.plan(call, fault)
    first = held.keeper.keep("1001")
    done = [first, *held.live_through(2, hours=1)]

    assert done.count(Kept.RENEWED) == 1
    hold = held.order.hold
    assert hold is not None
    assert held.live() == [hold.transaction_id]
    assert (hold.clock.renewals, hold.clock.trouble) == (1, Trouble.NONE)


@pytest.mark.parametrize("fault", [Fault.CUT_BEFORE, Fault.CUT_AFTER])
def test_an_early_capture_whose_answer_is_lost_takes_the_money_once(shop: Shop, fault: Fault) -> None:
    held = Held(shop, Holds(when_lapsing=HoldPolicy.CAPTURE))
    shop.clock.advance(days=5.7)
    shop.stand_in.api.faults.plan(f"{INTENTS}/*/capture", fault)
    done = [held.keeper.keep("1001"), *held.live_through(2, hours=1)]

    assert done.count(Kept.CAPTURED) == 1
    assert (held.received(), held.live()) == (TOTAL, [])


def test_a_bank_that_declines_the_renewal_leaves_the_order_to_a_person(shop: Shop) -> None:
    held = Held(shop, Holds())
    shop.clock.advance(days=5.7)
    declining = shop.token("pm_card_chargeCustomerFail")
    held.store.save(held.order.changed(info={**held.order.info, "cc_token": declining}))

    assert held.keeper.keep("1001") is Kept.GIVEN
    hold = held.order.hold
    assert hold is not None
    assert (hold.clock.trouble, hold.clock.marked, held.live()) == (Trouble.DECLINED, hold_clock.OVER, [])
    assert list(held.order.waits) == ["hold_103"]
    assert held.order.declines == 0


@pytest.mark.parametrize("call", CALLS[:3])
def test_a_canceled_order_holds_nothing_whatever_became_of_its_renewal(shop: Shop, call: str) -> None:
    held = Held(shop, Holds())
    shop.clock.advance(days=5.7)
    shop.stand_in.api.faults.plan(call, Fault.CUT_AFTER)
    assert held.keeper.keep("1001") is Kept.LEFT
    held.store.save(progress.canceled(held.order, now=int(shop.clock()), because="test"))
    shop.clock.advance(seconds=hold_clock.CLAIM_SECONDS + 1)
    Reversals(shop.gateway, shop.records).reverse(held.order, now=int(shop.clock()))

    assert (held.live(), held.received()) == ([], 0)
    assert held.keeper.keep("1001") is Kept.LEFT
