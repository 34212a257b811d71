"""Chooses the adapter of the gateway port for a stage."""

from lambdas.orders.pauses import NO_PAUSES, Pauses
from lambdas.payments.effects.ledger import EffectLedger
from lambdas.payments.effects.recorded_gateway import RecordedGateway
from lambdas.payments.gateway import Gateway
from lambdas.payments.paused_gateway import PausableGateway
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.table import RecordTable

SANDBOX, STRIPE = "sandbox", "stripe"
GATEWAYS = (SANDBOX, STRIPE)  # All adapters.


def gateway_named(name: str, records: RecordTable, pauses: Pauses = NO_PAUSES) -> Gateway:
    """The stage's gateway by its name in the settings. It moves no money while that is paused, and records what it is asked.

    Without `pauses` it is for reading alone: nothing of it is paused or recorded.
    """
    gateway = _adapter_named(name, records)
    if pauses is NO_PAUSES:
        return gateway
    return PausableGateway(RecordedGateway(gateway, name, EffectLedger(records)), pauses)


def _adapter_named(name: str, records: RecordTable) -> Gateway:
    match name:
        case "sandbox":
            return SandboxGateway(records.name, records.client)
        case "stripe":
            from lambdas.payments.stripe.parts import gateway_of  # no stage has two

            return gateway_of(records)
    raise ValueError(f"no gateway is called {name}; known: {', '.join(GATEWAYS)}")
