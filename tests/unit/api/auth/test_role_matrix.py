"""Which role may call which method, and what a caller gets for what is not theirs: the table checked in, so that a change of
rights is a line of a diff.

After a change that is meant: `python -m tests.unit.api.auth.test_role_matrix > tests/data/role_matrix.txt`
"""

import io
import os
from contextlib import redirect_stdout
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from lambdas.records.table import RecordTable
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import ROLES, Grant
from lambdas.runtime.telemetry import logger, metrics
from tests.support.quick_moto import make_moto_quick
from tests.support.tables import make_table
from tests.unit.api.conftest import INSTALLED, Caller, make_caller, surroundings
from tests.unit.api.matrix.cells import FOREIGN, about, foreign_cell, is_there, nameless_cell, questions
from tests.unit.api.matrix.rows import ALSO_NEEDED, VARIANTS, Row, rows
from tests.unit.api.matrix.world import World, make_world

FILE = Path(__file__).parents[3] / "data" / "role_matrix.txt"
COLUMNS = (*FOREIGN, "without personal_data")
_NOT_THERE = {
    f"urn:order-queues:problem:{kind}" for kind in ("not_allowed", "not_found", "queue_not_found", "malformed")
}


def allowed(role: str, row: Row) -> bool:
    user = ApiUser(name=role, tokens=(), grants=(Grant(rights=ROLES[role]),))
    return all(user.may(right) for right in row.rights)


def reach(world: World) -> dict[str, tuple[str, ...]]:
    """What the callers of COLUMNS get, by row: each cell from real calls. Those who ask for what is not theirs come first,
    and change nothing."""
    before = world.stored()
    for grant, _ in FOREIGN.values():
        world.user(grant)
    foreign = {row.label: tuple(foreign_cell(world, row, column) for column in FOREIGN) for row in rows()}
    written = {key[1].partition("#")[0] for key, item in world.stored().items() if before.get(key) != item}
    assert written <= {"api_user", "api_users"}, written
    return {row.label: (*foreign[row.label], nameless_cell(world, row)) for row in rows()}


def matrix(world: World) -> str:
    """One line per method, one column per caller; `-` is a role that is refused."""
    lines = [("method", *ROLES, *COLUMNS)]
    told = reach(world)
    for row in rows():
        lines.append((row.label, *("yes" if allowed(role, row) else "-" for role in ROLES), *told[row.label]))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "".join(
        "  ".join(f"{cell:{width}}" for cell, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )


@pytest.fixture
def world(installed: Caller) -> World:
    return make_world(installed)


def test_callers_may_do_and_see_what_the_table_says(world: World) -> None:
    found = matrix(world)

    assert "shows" not in found, [line for line in found.splitlines() if "shows" in line]
    assert found == FILE.read_text("utf-8")


def test_what_is_refused_for_whose_it_is_is_there_for_who_may_see_everything(world: World) -> None:
    """Or the refusals of the table would say nothing."""
    for row in rows():
        for _, place in FOREIGN.values():
            for asked in questions(row):
                if is_there(row, asked, place):
                    answer = world.ask(world.admin, row.name, about(place, world, asked))
                    told = answer.body.get("type") if isinstance(answer.body, dict) else ""
                    assert told not in _NOT_THERE, f"{row.label} {asked}: {answer.body}"


def test_every_method_whose_rights_depend_on_the_request_has_its_variants() -> None:
    assert {row.name for row in rows() if callable(row.method.rights)} <= set(VARIANTS)
    assert set(ALSO_NEEDED) <= {row.label for row in rows()}


@pytest.mark.parametrize("role", ROLES)
def test_the_api_refuses_exactly_what_the_table_refuses(caller: Caller, role: str) -> None:
    token = caller.api.users.add(role, (Grant(rights=ROLES[role]),), now=0)

    for row in rows():
        answer = caller.as_named(role, token, row.name, row.parameters)
        refused = answer.body.get("type") == "urn:order-queues:problem:not_allowed"
        assert refused is not allowed(role, row), f"{row.label}: {answer.body}"


def _print() -> None:
    os.environ |= {**INSTALLED, "AWS_DEFAULT_REGION": "us-east-1"}
    os.environ |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    make_moto_quick()
    logger.setLevel("CRITICAL")
    metrics.namespace = "Tests"
    with mock_aws(), redirect_stdout(io.StringIO()):  # where the metrics go
        dynamodb = boto3.client("dynamodb")
        caller = make_caller(dynamodb, RecordTable(make_table(dynamodb, "records"), dynamodb))
        with surroundings():
            found = matrix(make_world(caller))
    print(found, end="")  # noqa: T201


if __name__ == "__main__":
    _print()
