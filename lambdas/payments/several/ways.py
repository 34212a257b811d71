"""The ways to pay that a stage takes, by its brands."""

from lambdas.payments.gateways import TAKES
from lambdas.payments.several.choice import GatewayChoice
from lambdas.records.clients.payment_method import PAYMENT_TYPES, MethodKind


def is_taken(choice: GatewayChoice, brand_id: int, kind: MethodKind) -> bool:
    """Whether the gateway at which the brand's clients enter such a method takes it. None is named: everything is."""
    return kind in TAKES.get(choice.entered_at(brand_id, kind), frozenset(MethodKind))


def untaken(choice: GatewayChoice, brand_id: int, kind: MethodKind) -> str:
    """Why such an order is refused, and what is taken instead."""
    taken = ", ".join(name for name, each in PAYMENT_TYPES.items() if is_taken(choice, brand_id, each))
    return (
        f"{kind} is taken by no payment provider of brand {brand_id}; send one of {taken}, or invoice to pay on account"
    )
