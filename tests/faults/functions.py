"""Puts the points at which processes die into the functions of a deployed stack."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.local.engine_process import REPOSITORY
from tests.support.archive import PRODUCT, zipped

FUNCTION_SECONDS = 6  # a claim lapses soon after its function's time-out, so this makes lapses short
_POINTS = (
    "tests/__init__.py",
    *(f"tests/faults/{name}.py" for name in ("__init__", "dying", "points", "relay_points")),
)


def make_faulty(client: Any, armed: Path) -> list[str]:
    """All functions that orders come by; returns the names of those that read the stream. `client`: of Lambda. `armed`: the
    folder of switches."""
    code = zipped(REPOSITORY, *PRODUCT, *_POINTS)
    readers = list[str]()
    for function in _functions(client):
        name, kind = str(function["FunctionName"]), _kind(function["Handler"])
        if not kind:
            continue
        readers += [name] if kind in ("relay", "announcer") else []
        client.update_function_code(FunctionName=name, ZipFile=code)
        faults = {"FAULT_HANDLER": function["Handler"], "FAULT_FUNCTION": kind, "FAULT_FOLDER": str(armed)}
        client.update_function_configuration(
            FunctionName=name,
            Handler="tests.faults.points.handler",
            Timeout=FUNCTION_SECONDS,
            Environment={"Variables": {**function["Environment"]["Variables"], **faults}},
        )
    return readers


def _functions(client: Any) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator("list_functions").paginate():
        yield from page["Functions"]


def _kind(handler: str) -> str:
    """The word by which faults know a function: the module, `api`, `relay`, `announcer`; empty for what orders do not come by."""
    parts = handler.split(".")
    if parts[1] == "actions":
        return parts[2]
    return "api" if parts[1] == "api" else parts[2] if parts[1] == "outbox" else ""
