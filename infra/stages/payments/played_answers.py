"""Answers of the sandbox are only where play is meant: nobody may sell a name because it was played to be free."""

from collections.abc import Iterator

from infra.stages.settings import StageSettings
from lambdas.registrar.lookups import SANDBOX


def played_answers(settings: StageSettings) -> Iterator[str]:
    """Problems of who is asked outside."""
    if settings.registrar == SANDBOX and not settings.allow_sandbox:
        yield (
            "registrar is the sandbox, which knows no real name: say rdap, leave it out, "
            "or say allow_sandbox = true if play is meant"
        )
    if settings.vat_register == SANDBOX and not settings.allow_sandbox:
        yield (
            "vat_register is the sandbox, which takes the tax off for play: say vies, leave it out, "
            "or say allow_sandbox = true if play is meant"
        )
