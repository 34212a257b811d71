"""Doors call the verbs of the order service. None of them reaches through it for its store, prices or payments."""

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from lambdas.orders.service import OrderService

ROOT = Path(__file__).parents[3]
SERVICE = "lambdas/orders/service.py"
FACTS = {"queues", "modules", "currency", "now"}  # plain values; every other field is a part of the service alone
PARTS = {field.name for field in fields(OrderService)} - FACTS


def reaches(source: str) -> Iterator[str]:
    """Uses of a part through a name or attribute `service` or `_service`, as `line: service.store`."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(ast.Name(owner) | ast.Attribute(_, owner), part) if part in PARTS:
                if owner.lstrip("_") == "service":
                    yield f"{node.lineno}: {owner}.{part}"


@pytest.mark.parametrize("folder", ["lambdas", "infra", "statemachines"])
def test_nobody_reaches_through_the_service_for_its_parts(folder: str) -> None:
    found = [
        f"{file.relative_to(ROOT)}:{reach}"
        for file in (ROOT / folder).rglob("*.py")
        if str(file.relative_to(ROOT)) != SERVICE
        for reach in reaches(file.read_text("utf-8"))
    ]
    assert found == []


def test_a_door_that_reaches_through_is_found() -> None:
    source = "def price(backend):\n    return backend.service.pricing.price({}), backend.service.queues\n"
    assert list(reaches(source)) == ["2: service.pricing"]
