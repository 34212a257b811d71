"""Chooses the adapter of the gateway port for a stage."""

from lambdas.orders.pauses import NO_PAUSES, Pauses
from lambdas.payments.gateway import Gateway
from lambdas.payments.paused_gateway import PausableGateway
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.table import RecordTable

SANDBOX, STRIPE = "sandbox", "stripe"
GATEWAYS = (SANDBOX, STRIPE)  # All adapters.


def gateway_named(name: str, records: RecordTable, pauses: Pauses = NO_PAUSES) -> Gateway:
    """The stage's gateway by its name in the settings. It moves no money while that is paused."""
    gateway = _adapter_named(name, records)
    return gateway if pauses is NO_PAUSES else PausableGateway(gateway, pauses)


def _adapter_named(name: str, records: RecordTable) -> Gateway:
    match name:
        case "sandbox":
            return SandboxGateway(records.name, records.client)
        case "stripe":
            from lambdas.payments.stripe.parts import gateway_of  # no stage has two

            return gateway_of(records)
    raise ValueError(f"no gateway is called {name}; known: {', '.join(GATEWAYS)}")
