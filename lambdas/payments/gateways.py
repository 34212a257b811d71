"""Chooses the adapter of the gateway port for a stage."""

from lambdas.payments.gateway import Gateway
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.table import RecordTable

SANDBOX = "sandbox"
GATEWAYS = (SANDBOX,)  # All adapters.


def gateway_named(name: str, records: RecordTable) -> Gateway:
    """The stage's gateway by its name in the settings."""
    match name:
        case "sandbox":
            return SandboxGateway(records.name, records.client)
    raise ValueError(f"no gateway is called {name}; known: {', '.join(GATEWAYS)}")
