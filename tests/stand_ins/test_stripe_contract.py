"""The adapter for Stripe keeps the contract of the gateway port."""

from tests.stand_ins.gateway_contract import Rig, run_contract
from tests.stand_ins.stripe_gateway import Shop


def test_stripes_adapter_keeps_the_contract_of_the_port(shop: Shop) -> None:
    def advance(seconds: float) -> None:
        shop.clock.advance(seconds=seconds)

    run_contract(
        lambda: Rig(shop.gateway, now=shop.clock, advance=advance, token=shop.token, name="stripe"), examples=4
    )
