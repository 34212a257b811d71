"""The steps of a restore: one order that fails stops no other, and the next run continues."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from moto import mock_aws
from rich.console import Console

from infra.operate.reconcile import MARGIN
from infra.operate.restore.findings import Findings, Tables
from infra.operate.restore.new_tables import NewTables
from infra.operate.restore.restoring import Restoring
from lambdas.orders.ports import CreationKey
from tests.infra.operate.restore.test_orders import AT, FIXED_AT, Stage
from tests.support.build import NOW, a_submitted_order
from tests.support.tables import make_table

KEY = CreationKey(field="hash", pk="hash#0a1b2-c3d4e-f5061", content_hash="x")
TABLES = Tables("orders", "records", "history")


class Refusing:
    """The table, which fails on the write of one order."""

    def __init__(self, client: Any, order_id: str) -> None:
        self._client, self._order_id = client, order_id

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def put_item(self, **asked: Any) -> Any:
        if asked["Item"]["pk"]["S"] == self._order_id:
            raise RuntimeError("of this order alone")
        return self._client.put_item(**asked)


class Since:
    """What executions know of orders; all payments agree."""

    def __init__(self, **started: int) -> None:
        self.started = {order_id.removeprefix("order_"): at for order_id, at in started.items()}

    def orders_with_executions(self) -> dict[str, int]:
        return self.started

    def payments(self) -> Iterator[Any]:
        return iter(())


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        made = Stage()
        new = NewTables(made.client, AT, lambda _: None)
        for name in (TABLES.records, TABLES.history):
            make_table(made.client, new.name_of(name))
        yield made


def taken(stage: Stage, execute: str, *, since: Any = None, fails_on: str = "") -> tuple[int, str]:
    """A run behind the making of the new tables. Moto makes none as of a moment; tests/engine does."""
    said = io.StringIO()
    known: Any = since or Since()
    console, orders = Console(file=said, width=300), stage.restored()
    refusing: Any = Refusing(stage.client, fails_on)
    rows = replace(orders.rows, client=refusing)
    new = NewTables(stage.client, AT, lambda _: None)
    findings = Findings(console, stage.client, TABLES, new, known, AT, FIXED_AT, frozenset())
    restoring = Restoring("dev", findings, replace(orders, rows=rows), stage.live)
    code = restoring._compare() if execute == "tables" else restoring._fix_all()
    return code, said.getvalue()


def three_lost(stage: Stage) -> None:
    for number in ("1001", "1002", "1003"):
        order = a_submitted_order(order_id=number, hash=f"hash-{number}")
        stage.then.create(order, (KEY,) if number == "1001" else (), NOW)
        stage.history.follow(None, order)


def test_one_that_fails_stops_no_other_and_the_next_run_continues(stage: Stage) -> None:
    three_lost(stage)

    code, said = taken(stage, "fix", fails_on="1002")
    assert code == 1
    assert "order 1002: left, RuntimeError; run this command again" in said
    assert "of this order alone" not in said
    assert "0 orders agreed, 2 were fixed, 1 are left for a person" in said
    code, said = taken(stage, "fix")

    assert code == 0, said
    assert "2 orders agreed, 1 were fixed, 0 are left for a person" in said
    assert {stage.live.get(number).machine_run for number in ("1001", "1002", "1003")} == {2}
    assert stage.live.order_id_of(KEY.pk) == "1001"


def test_comparing_writes_nothing(stage: Stage) -> None:
    three_lost(stage)

    code, said = taken(stage, "tables")

    assert (code, "0 orders agree, 3 do not" in said) == (1, True), said
    assert stage.client.scan(TableName="orders")["Items"] == []


def test_orders_that_no_table_has_are_named_and_their_numbers_are_not_given_again(stage: Stage) -> None:
    code, said = taken(stage, "fix", since=Since(order_1050=AT + 5))

    assert code == 1
    assert "1 orders have an execution and no row: 1050 (submitted 2027-01-15T08:00:15Z)" in said
    assert int(stage.live.new_order_id()) > 1050 + MARGIN
