"""The payment gateways of a stage, as functions know them."""

import json
from collections.abc import Mapping

from infra.stages.settings import StageSettings
from lambdas.payments.gateways import PAYPAL, STRIPE


def gateway_environment(settings: StageSettings) -> dict[str, str]:
    """The variables that lambdas/payments/several/choice.py reads. A stage with one gateway needs only its name."""
    choice = settings.gateway_choice
    others = choice.model_dump(mode="json", exclude={"default"}, exclude_defaults=True)
    return {"GATEWAY": choice.default, **({"OTHER_GATEWAYS": json.dumps(others)} if others else {})}


def payment_environment(secrets: Mapping[str, str], settings: StageSettings) -> dict[str, str]:
    """The variables of functions that pay. `secrets`: ARN by provider."""
    intent = {"PAYPAL_INTENT": settings.paypal_intent.upper()} if PAYPAL in secrets else {}
    extends = {"STRIPE_EXTENDED_HOLDS": "true"} if STRIPE in secrets and settings.stripe_extended_holds else {}
    return {"PAYMENT_SECRETS": json.dumps(dict(secrets), sort_keys=True), **intent, **extends}
