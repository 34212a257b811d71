"""Whether the ways to pay that order forms offer are taken by the gateways of a stage."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.stages.owned_files import OwnedFiles, shown
from infra.stages.settings import StageSettings
from lambdas.payments.gateways import GATEWAYS, TAKES
from lambdas.payments.several.ways import is_taken
from lambdas.records.clients.payment_method import MethodKind

_KINDS = frozenset(map(str, MethodKind))  # no gateway is asked for what is paid on account


def untaken_ways(settings: StageSettings, files: OwnedFiles, sources: Path) -> Iterator[str]:
    """The ways to pay that a form offers and that no gateway of its brand takes: nobody could order so."""
    choice = settings.gateway_choice
    for queue in sorted(files.queues.glob("*/queue.toml")):
        brand_id = int(_read(queue).get("brand_id", 0))  # a queue without one is refused elsewhere
        for form in sorted(queue.parent.glob("form*.toml")):
            for kind in _offered(_read(form)):
                gateway = choice.entered_at(brand_id, kind)
                if gateway in GATEWAYS and not is_taken(choice, brand_id, kind):
                    takes = " and ".join(sorted(TAKES[gateway]))
                    yield (
                        f"{shown(form, sources)} offers {kind} in `payment`, and {gateway} takes {takes} only: move it to "
                        f"`payment_where_taken` there, or name a gateway that takes it in method_gateways.{kind}"
                    )


def _offered(form: dict[str, Any]) -> Iterator[MethodKind]:
    for way in (way for page in form.get("pages", ()) for way in page.get("payment", ())):
        if way in _KINDS:
            yield MethodKind(way)


def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8"))
