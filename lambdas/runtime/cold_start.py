"""Work that a function does at its cold start. It has a whole processor then; in a call it has a share by memory (1,769 MB: one).

https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

import os
from collections.abc import Callable

from pydantic import BaseModel

from lambdas.runtime.models import Frozen
from lambdas.runtime.telemetry import log_unexpected

_IN_LAMBDA = "AWS_LAMBDA_FUNCTION_NAME"  # Lambda sets it; importing a handler elsewhere does not


def prepare(build: Callable[[], object]) -> None:
    """Build what the first call needs, and the validators of all loaded models.

    `build` caches its result. If it fails, the first call fails in the same way and reports that to its caller.
    """
    if _IN_LAMBDA not in os.environ:
        return
    try:
        build()
        for model in _loaded(Frozen):
            model.model_rebuild()
    except Exception as error:  # noqa: BLE001 - a start has no caller to report an error to
        log_unexpected("not prepared", error)


def _loaded(model: type[BaseModel]) -> list[type[BaseModel]]:
    return [found for child in model.__subclasses__() for found in (child, *_loaded(child))]
