"""The payment gateways of a stage, as functions know them."""

import json
from collections.abc import Mapping

from infra.stages.settings import StageSettings


def gateway_environment(settings: StageSettings) -> Mapping[str, str]:
    """The variables that lambdas/payments/several/choice.py reads. A stage with one gateway needs only its name."""
    choice = settings.gateway_choice
    others = choice.model_dump(mode="json", exclude={"default"}, exclude_defaults=True)
    return {"GATEWAY": choice.default, **({"OTHER_GATEWAYS": json.dumps(others)} if others else {})}
