"""The adapter for Stripe keeps the contract of the gateway port."""

from urllib.parse import parse_qsl, urlsplit

import requests

from lambdas.payments.gateway import Transaction
from tests.stand_ins.gateway_contract import Rig, run_contract
from tests.stand_ins.stripe.charges import DEBIT_SECONDS
from tests.stand_ins.stripe_gateway import Shop


def test_stripes_adapter_keeps_the_contract_of_the_port(shop: Shop) -> None:
    def advance(seconds: float) -> None:
        shop.clock.advance(seconds=seconds)

    def answer(asked: Transaction, proved: bool) -> dict[str, str]:
        assert asked.challenge is not None
        choice = "proved" if proved else "refused"
        back = requests.post(asked.challenge.url, data={"choice": choice}, allow_redirects=False, timeout=5)
        return dict(parse_qsl(urlsplit(back.headers["Location"]).query))

    def later(arrives: bool) -> str:
        return shop.token("pm_usBankAccount_success" if arrives else "pm_usBankAccount_insufficientFunds")

    def rig() -> Rig:
        return Rig(
            shop.gateway,
            now=shop.clock,
            advance=advance,
            token=shop.token,
            asking=lambda: shop.token("pm_card_threeDSecure2Required"),
            answer=answer,
            later=later,
            pending_seconds=DEBIT_SECONDS,
            name="stripe",
        )

    run_contract(rig, examples=4)
