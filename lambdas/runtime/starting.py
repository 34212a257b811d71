"""What a function makes while it starts. Then it has a whole processor; in a call only what its memory buys (1,769 MB: one).

https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

import os
from collections.abc import Callable

from pydantic import BaseModel

from lambdas.runtime.models import Frozen
from lambdas.runtime.observe import log_unexpected

_IN_LAMBDA = "AWS_LAMBDA_FUNCTION_NAME"  # set by Lambda, and by nobody who only imports a handler


def prepare(build: Callable[[], object]) -> None:
    """Build what the first call would build, and the validators of all models that are loaded by then.

    `build` keeps what it makes. If it fails, the first call fails in the same way and says so to whoever waits for it.
    """
    if _IN_LAMBDA not in os.environ:
        return
    try:
        build()
        for model in _loaded(Frozen):
            model.model_rebuild()
    except Exception as error:  # noqa: BLE001 - a start that fails has no caller who could be told
        log_unexpected("not prepared", error)


def _loaded(model: type[BaseModel]) -> list[type[BaseModel]]:
    return [found for child in model.__subclasses__() for found in (child, *_loaded(child))]
