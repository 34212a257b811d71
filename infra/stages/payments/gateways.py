"""Whether the payment gateways of a stage can take what they are chosen for."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from infra.stages.owned_files import OwnedFiles
from infra.stages.payments.offered_ways import untaken_ways
from infra.stages.settings import StageSettings
from lambdas.payments.gateways import GATEWAYS, SANDBOX, TAKES
from lambdas.records.clients.payment_method import MethodKind

_KNOWN = f"an adapter that lambdas/payments/gateways.py knows ({', '.join(GATEWAYS)})"


def unready_gateways(settings: StageSettings, files: OwnedFiles, sources: Path) -> Iterator[str]:
    """The reasons that keep the stage from being paid, each as a sentence that begins with the setting."""
    if settings.gateway not in GATEWAYS:
        stated = f"is {settings.gateway!r}, which" if settings.gateway else "is missing:"
        yield f"gateway {stated} must be {_KNOWN}"
    yield from _unfit("method_gateways", settings.method_gateways)
    for brand, methods in settings.brand_gateways.items():
        yield from _unfit(f"brand_gateways.{brand}", methods)
    yield from _secrets(settings)
    yield from _play_money(settings)
    yield from untaken_ways(settings, files, sources)


def _unfit(place: str, methods: Mapping[MethodKind, str]) -> Iterator[str]:
    for kind, name in methods.items():
        if name not in GATEWAYS:
            yield f"{place}.{kind} is {name!r}, which must be {_KNOWN}"
        elif kind not in TAKES[name]:
            takes = " and ".join(sorted(TAKES[name]))
            yield f"{place}.{kind} is {name}, which takes {takes} only: choose another gateway, or leave it out"


def _secrets(settings: StageSettings) -> Iterator[str]:
    for name in settings.payment_secrets:
        if name not in GATEWAYS or name == SANDBOX:
            needs = "needs no keys" if name == SANDBOX else "is no gateway"
            yield f"payment_secrets.{name} {needs}: leave it out, or name one of {', '.join(GATEWAYS)}"
    for name in settings.gateways:
        if name in GATEWAYS and name != SANDBOX and name not in settings.payment_secrets:
            yield f"payment_secrets.{name} is missing: say the ARN of the secret with its API keys (docs/payments.md)"


def _play_money(settings: StageSettings) -> Iterator[str]:
    if SANDBOX not in settings.gateways:
        return
    where = "gateway is" if settings.gateway == SANDBOX else "method_gateways or brand_gateways name"
    if not settings.allow_sandbox:
        yield (
            f"{where} the sandbox, which takes no real money: name your payment provider's, "
            "or say allow_sandbox = true if play money is meant"
        )
    elif settings.keep_data and len(settings.gateways) > 1:
        yield f"{where} the sandbox beside a real gateway, and play money would pay real orders: name real gateways only"
