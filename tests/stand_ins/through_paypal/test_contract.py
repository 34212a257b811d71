"""The adapter for PayPal keeps the contract of the gateway port."""

from lambdas.payments.gateway import Transaction
from lambdas.payments.paypal.transactions import HONOURED_SECONDS
from lambdas.records.clients.payment_method import APPROVAL
from tests.stand_ins.gateway_contract import Rig, run_contract
from tests.stand_ins.paypal.payments import APPROVED, DECLINED
from tests.stand_ins.through_paypal.shop import PayPalShop


def test_paypals_adapter_keeps_the_contract_of_the_port(paypal: PayPalShop) -> None:
    def advance(seconds: float) -> None:
        paypal.clock.advance(seconds=seconds)

    def answer(asked: Transaction, proved: bool) -> dict[str, str]:
        return paypal.approve(asked, APPROVED if proved else DECLINED)

    def rig() -> Rig:
        return Rig(
            paypal.gateway,
            now=paypal.clock,
            advance=advance,
            token=lambda: APPROVAL,
            asking=lambda: APPROVAL,
            answer=answer,
            later=None,
            pending_seconds=0,
            name="paypal",
            held=paypal.have_held,
            renews_from=HONOURED_SECONDS,
            renews_once=True,
            declines_late=False,
        )

    run_contract(rig, examples=6)
