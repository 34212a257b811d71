"""The sandbox keeps the contract of the gateway port."""

from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.table import RecordTable
from tests.stand_ins.gateway_contract import Rig, run_contract
from tests.stand_ins.sandbox_gateway import sandbox_rig
from tests.support.build import Clock


def test_the_sandbox_keeps_the_contract_of_the_port(records: RecordTable) -> None:
    def rig() -> Rig:
        clock = Clock()
        return sandbox_rig(SandboxGateway(records.name, records.client, now=clock), clock)

    run_contract(rig, examples=15)
