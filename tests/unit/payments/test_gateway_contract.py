"""The sandbox keeps the contract of the gateway port."""

from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.table import RecordTable
from tests.stand_ins.gateway_contract import Rig, run_contract
from tests.support.build import Clock


def test_the_sandbox_keeps_the_contract_of_the_port(records: RecordTable) -> None:
    def rig() -> Rig:
        clock = Clock()

        def advance(seconds: float) -> None:
            clock.time += int(seconds)

        gateway = SandboxGateway(records.name, records.client, now=clock)
        return Rig(gateway, now=clock, advance=advance, token=lambda: "tok_approve")

    run_contract(rig, examples=15)
