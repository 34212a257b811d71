"""Chooses the adapter of the gateway port for a stage."""

from lambdas.orders.pauses import NO_PAUSES, Pauses
from lambdas.payments.gateway import Gateway
from lambdas.payments.paused_gateway import PausableGateway
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.table import RecordTable

SANDBOX = "sandbox"
GATEWAYS = (SANDBOX,)  # All adapters.


def gateway_named(name: str, records: RecordTable, pauses: Pauses = NO_PAUSES) -> Gateway:
    """The stage's gateway by its name in the settings. It moves no money while that is paused."""
    match name:
        case "sandbox":
            sandbox = SandboxGateway(records.name, records.client)
            return sandbox if pauses is NO_PAUSES else PausableGateway(sandbox, pauses)
    raise ValueError(f"no gateway is called {name}; known: {', '.join(GATEWAYS)}")
