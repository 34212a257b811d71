"""Makes the adapters of the gateway port for a stage."""

from collections.abc import Mapping
from functools import cache

from lambdas.orders.pauses import NO_PAUSES, Pauses
from lambdas.payments.effects.ledger import EffectLedger
from lambdas.payments.effects.recorded_gateway import RecordedGateway
from lambdas.payments.gateway import Gateway, GatewayRefusedUsError
from lambdas.payments.paused_gateway import PausableGateway
from lambdas.payments.sandbox import SandboxGateway
from lambdas.payments.several.choice import GatewayChoice
from lambdas.payments.several.gateways import SeveralGateways
from lambdas.records.clients.payment_method import MethodKind
from lambdas.records.table import RecordTable

SANDBOX, STRIPE, PAYPAL = "sandbox", "stripe", "paypal"
GATEWAYS = (SANDBOX, STRIPE, PAYPAL)  # All adapters.
TAKES: Mapping[str, frozenset[MethodKind]] = {
    SANDBOX: frozenset(MethodKind),
    STRIPE: frozenset({MethodKind.CARD, MethodKind.BANK_ACCOUNT}),
    PAYPAL: frozenset({MethodKind.PAYPAL}),
}


def gateways_of(choice: GatewayChoice, records: RecordTable, pauses: Pauses = NO_PAUSES) -> SeveralGateways:
    """All gateways, each as `gateway_named` makes it when it is first asked. Payments of earlier choices go where they were
    begun.
    """

    @cache
    def adapter(name: str) -> Gateway:
        try:
            return gateway_named(name, records, pauses, is_only=len(choice.names) == 1)
        except ValueError as unknown:
            raise GatewayRefusedUsError(str(unknown)) from None

    return SeveralGateways(choice, adapter)


def gateway_named(name: str, records: RecordTable, pauses: Pauses = NO_PAUSES, *, is_only: bool = False) -> Gateway:
    """A gateway by its name in the settings. It moves no money while that is paused, and records what it is asked.

    Without `pauses` it is for reading alone: nothing of it is paused or recorded. `is_only`: the pause of any gateway is its own.
    """
    gateway = _adapter_named(name, records)
    if pauses is NO_PAUSES:
        return gateway
    return PausableGateway(RecordedGateway(gateway, name, EffectLedger(records)), pauses, "" if is_only else name)


def _adapter_named(name: str, records: RecordTable) -> Gateway:
    match name:
        case "sandbox":
            return SandboxGateway(records.name, records.client)
        case "stripe":
            from lambdas.payments.stripe.parts import gateway_of  # many stages have no Stripe

            return gateway_of(records)
        case "paypal":
            from lambdas.payments.paypal.parts import gateway_of as paypal_of

            return paypal_of(records)
    raise ValueError(f"no gateway is called {name}; known: {', '.join(GATEWAYS)}")
