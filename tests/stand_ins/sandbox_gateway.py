"""The sandbox as the contract of gateways tries it, alone or behind another gateway."""

from lambdas.payments.gateway import Gateway, Transaction
from lambdas.payments.sandbox import PROOF
from lambdas.payments.sandbox_books import PENDING_SECONDS
from tests.stand_ins.gateway_contract import Rig
from tests.support.build import Clock


def sandbox_rig(gateway: Gateway, clock: Clock) -> Rig:
    def advance(seconds: float) -> None:
        clock.time += int(seconds)

    def answer(asked: Transaction, proved: bool) -> dict[str, str]:
        assert asked.challenge is not None
        return {"challenge_id": asked.challenge.challenge_id, "proof": PROOF if proved else "no"}

    return Rig(
        gateway,
        now=clock,
        advance=advance,
        token=lambda: "tok_approve",
        asking=lambda: "tok_sca",
        answer=answer,
        later=lambda arrives: "ach_later" if arrives else "ach_fails_later",
        pending_seconds=PENDING_SECONDS,
    )
