"""The clock of holds over PayPal: renewed once, not before its fourth day, then a person's."""

import pytest

from lambdas.orders.model.hold_clock import HoldPolicy, Holds
from lambdas.orders.model.order import Order
from lambdas.orders.submit_errors import AuthenticationRequiredError
from lambdas.payments.holds.keeping import HoldKeeper, Kept
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.reversal import Reversals
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.payment_method import APPROVAL
from tests.stand_ins.through_paypal.shop import BACK, PayPalShop, answered
from tests.support.build import CONTACT, a_draft, a_service
from tests.support.fakes import InMemoryOrderStore

DAY = 86_400


class Held:
    """An order whose money PayPal holds."""

    def __init__(self, paypal: PayPalShop, policy: HoldPolicy) -> None:
        self.paypal, self.store = paypal, InMemoryOrderStore()
        clients = ClientRecords(paypal.records)

        def now() -> int:
            return int(paypal.clock())

        payments = PreAuthorization(paypal.gateway, clients, now)
        service = a_service(store=self.store, payments=payments, now=now)
        rules = Holds(when_lapsing=policy)
        self.keeper = HoldKeeper(self.store, paypal.gateway, clients, lambda _: rules, now)
        info = {**CONTACT, "payment_type": "paypal", "paypal_token": APPROVAL, "pack1": {"plan_id": "1", "price": "20"}}
        lead = service.create(a_draft(info=info), by="web")
        self.order_id = lead.order_id
        with pytest.raises(AuthenticationRequiredError) as asked:
            service.submit(lead, by="web", payer=BACK)
        answered(str(asked.value.facts["url"]))
        submitted = service.authenticate(service.get(order_id=self.order_id), {}, by="web")
        self.store.save(submitted.changed(looked_at=now()))

    @property
    def order(self) -> Order:
        return self.store.get(self.order_id)

    def live_through(self, days: int) -> list[str]:
        """What the clock did, looked at every hour; never are two holds live."""
        done = []
        for _ in range(days * 24):
            self.paypal.clock.advance(seconds=3_600)
            done.append(self.keeper.keep(self.order_id))
            assert len(self.paypal.holds()) <= 1
        return [each.value for each in done if each is not Kept.LEFT]


def test_a_hold_is_renewed_once_when_paypal_does_it_and_then_a_person_decides(paypal: PayPalShop) -> None:
    held = Held(paypal, HoldPolicy.RENEW)
    first = held.order.hold
    assert first is not None
    asked = len(paypal.stand_in.api.calls)
    assert held.live_through(3) == ["warned"]
    assert "reauthorize" not in "".join(each.name for each in paypal.stand_in.api.calls[asked:])
    assert held.order.hold == first.changed(clock=held.order.hold.clock)  # type: ignore[union-attr]
    assert not held.order.hold.clock.is_renewing  # Generate Invoice need not wait

    assert held.live_through(1) == ["renewed"]
    renewed = held.order.hold
    assert renewed is not None
    assert (renewed.transaction_id, renewed.ids.renewed) == (
        f"{first.transaction_id}-{paypal.holds()[0]['id']}", paypal.holds()[0]["id"]
    )  # fmt: skip
    assert held.live_through(10) == ["warned", "given", "given"]  # and once more when PayPal no longer vouches for it
    assert len(paypal.holds()) == 1
    assert held.order.declined_at == ()


def test_a_renewed_hold_is_released_with_its_order(paypal: PayPalShop) -> None:
    held = Held(paypal, HoldPolicy.RENEW)
    held.live_through(4)
    Reversals(paypal.gateway, paypal.records).reverse(held.order, now=int(paypal.clock()))

    assert paypal.holds() == []
    assert paypal.taken() == []


def test_a_hold_is_captured_while_paypal_vouches_for_it(paypal: PayPalShop) -> None:
    held = Held(paypal, HoldPolicy.CAPTURE)
    begun = paypal.clock()
    done: list[str] = []
    while "captured" not in done:
        done += held.live_through(1)

    assert done == ["warned", "captured"]
    assert paypal.clock() <= begun + 3 * DAY
    assert len(paypal.taken()) == 1
