"""Clients generated from the OpenAPI document: every method is in them, typed, and an order goes from create to get with them."""

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from lambdas.api.table import every_method
from tests.flow.conftest import Shop
from tests.flow.wire.generated.making import (
    DOCUMENT,
    HERE,
    PACKAGE,
    python_client,
    run,
    type_checked,
    typescript_types,
)

NAMES = [name.replace(".", "_") for name, _ in every_method()]


@pytest.fixture(scope="module")
def python_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("python")
    made = python_client(folder)
    assert (made.returncode, "WARNING" in made.stdout + made.stderr) == (0, False), made.stdout + made.stderr
    return folder / PACKAGE


@pytest.fixture(scope="module")
def typescript_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("typescript")
    (folder / "package.json").write_text('{"type": "module"}')
    made = typescript_types(folder)
    assert made.returncode == 0, made.stderr
    shutil.copy(HERE / "caller.ts", folder)
    return folder


def test_every_method_is_in_the_python_client(python_package: Path) -> None:
    assert {path.stem for path in python_package.glob("api/*/*.py")} >= set(NAMES)


def test_no_body_of_the_python_client_is_untyped(python_package: Path) -> None:
    loose = [
        path.name for path in python_package.glob("api/*/*.py") if re.search(r"body: (Any|dict)", path.read_text())
    ]

    assert loose == []


def test_no_class_of_the_python_client_is_called_by_a_number(python_package: Path) -> None:
    classes = [
        name for path in python_package.rglob("*.py") for name in re.findall(r"^class (\w+)", path.read_text(), re.M)
    ]

    assert classes
    assert [name for name in classes if re.search(r"Type\d", name)] == []


def test_the_program_in_typescript_fits_its_types(typescript_folder: Path) -> None:
    checked = type_checked(typescript_folder / "caller.ts")

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("order_queue_id: 1, info,", "order_queue_id: 1, info, prority: 2,"),
        ("priority: 2,", 'priority: "high",'),
        ("made.order_id", "made.order_number"),
        ('{ plan_id: "2" }', "{}"),
    ],
)
def test_a_wrong_program_does_not(typescript_folder: Path, right: str, wrong: str) -> None:
    text = (HERE / "caller.ts").read_text()
    assert right in text
    program = typescript_folder / "wrong.ts"
    program.write_text(text.replace(right, wrong, 1))

    said = type_checked(program).stdout
    assert "wrong.ts" in said
    assert "error TS2" in said


def test_each_parameter_has_one_type_and_is_never_null() -> None:
    """Null is not sending it; a second type makes classes that are called by a number."""

    def odd(schema: Any, place: str) -> list[str]:
        if not isinstance(schema, dict):
            return []
        here = [place] if {"type": "null"} in schema.get("anyOf", []) or isinstance(schema.get("type"), list) else []
        return here + [each for key, inner in schema.items() for each in odd(inner, f"{place}.{key}")]

    for path, item in json.loads(DOCUMENT.read_text())["paths"].items():
        for verb in item.keys() & {"get", "post"}:
            sent = {key: item[verb].get(key) for key in ("requestBody", "parameters")}
            assert odd(sent, f"{verb} {path}") == []


def from_create_to_get(said: dict[str, Any]) -> None:
    assert said["order_id"]
    assert (said["info"]["first"], said["info"]["last"], said["info"]["pack1"]["plan_id"]) == ("Ada", "Lovelace", "1")
    assert (said["priority"], said["submitted"], said["listed"], said["variable"]) == (2, True, True, "memory")
    assert said["refused"] == [404, "urn:order-queues:problem:order_not_found"]


@pytest.mark.engine
def test_an_order_from_create_to_get_in_python(shop: Shop, python_package: Path) -> None:
    stack = shop.stack
    command: list[str | Path] = [sys.executable, HERE / "caller.py", stack.api_url, stack.user, stack.token]
    called = run(command, python_package.parent, PYTHONPATH=str(python_package.parent))

    assert called.returncode == 0, called.stderr
    from_create_to_get(json.loads(called.stdout))


@pytest.mark.engine
def test_an_order_from_create_to_get_in_typescript(shop: Shop, typescript_folder: Path) -> None:
    stack = shop.stack
    called = run(["node", "caller.ts", stack.api_url, stack.user, stack.token], typescript_folder)

    assert called.returncode == 0, called.stderr
    from_create_to_get(json.loads(called.stdout))
