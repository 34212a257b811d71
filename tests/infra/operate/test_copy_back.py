"""Rows of the order table are copied back from a recovery: what was lost or spoiled, and nothing that went on."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from rich.console import Console

from infra.operate import copy_back
from infra.operate.copy_back import CopyBack, NotTheRightTableError, copy_back_of, main
from lambdas.orders.model.order import Order
from lambdas.orders.ports import CreationKey
from lambdas.orders.store import DynamoOrderStore
from tests.support.build import NOW, a_submitted_order, an_order
from tests.support.tables import make_order_table

STAGE, RECOVERY = "orders", "orders-restored"


class Tables:
    def __init__(self) -> None:
        self.client = boto3.client("dynamodb", region_name="us-east-1")
        self.then = DynamoOrderStore(make_order_table(self.client, RECOVERY), self.client)
        self.now = DynamoOrderStore(make_order_table(self.client, STAGE), self.client)

    def lost(self, order: Order, *keys: CreationKey) -> None:
        self.then.create(order, keys, NOW)

    def kept(self, order: Order) -> None:
        for store in (self.then, self.now):
            store.create(order, (), NOW)

    def spoil(self, order_id: str, table: str = STAGE) -> None:
        """Somebody edits the row in the console."""
        self.client.update_item(
            TableName=table,
            Key={"pk": {"S": order_id}, "sk": {"S": "order"}},
            UpdateExpression="SET step_status = :x, revision = revision + :one",
            ExpressionAttributeValues={":x": {"S": "nonsense"}, ":one": {"N": "1"}},
        )

    def row(self, order_id: str, table: str) -> Any:
        return self.client.get_item(TableName=table, Key={"pk": {"S": order_id}, "sk": {"S": "order"}}).get("Item")

    def rows(self, table: str) -> list[Any]:
        return sorted(self.client.scan(TableName=table)["Items"], key=lambda row: row["pk"]["S"])

    def copy(self, *only: str, execute: bool = True, client: Any = None, now: int = NOW) -> tuple[int, str]:
        said = io.StringIO()
        command = CopyBack(client or self.client, RECOVERY, STAGE, frozenset(only), now)
        return command.run(Console(file=said, width=300), execute=execute), said.getvalue()


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tables]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield Tables()


KEY = CreationKey(field="hash", pk="hash#0a1b2-c3d4e-f5061", content_hash="x")


def test_without_execute_the_plan_is_shown_and_nothing_is_changed(tables: Tables) -> None:
    tables.lost(a_submitted_order(), KEY)
    code, said = tables.copy(execute=False)

    assert code == 0
    assert sorted(said.splitlines()) == [
        "2 to be copied, 0 left, 0 unchanged",
        "hash of order 1001: would be copied, the table has lost it",
        "nothing was changed; repeat with EXECUTE=1 to copy them, then run `make reconcile`",
        "order 1001: would be copied, the table has lost it",
    ]
    assert tables.rows(STAGE) == []


def test_what_was_lost_comes_back_with_its_keys_and_again_changes_nothing(tables: Tables) -> None:
    tables.lost(a_submitted_order(), KEY)
    assert tables.copy()[0] == 0

    assert tables.rows(STAGE) == tables.rows(RECOVERY)
    assert tables.copy() == (0, "0 copied, 0 left, 2 unchanged\n")


def test_a_row_that_cannot_be_read_is_put_back_and_one_that_went_on_is_left(tables: Tables) -> None:
    for number in ("1001", "1002", "1003"):
        tables.kept(a_submitted_order(order_id=number, hash=f"0a1b2-c3d4e-f{number}"))
    tables.spoil("1001")
    tables.now.save(tables.now.get("1002").changed(activity=NOW + 9))
    gone_on = tables.row("1002", STAGE)
    code, said = tables.copy()

    assert code == 1
    assert "order 1001: copied, the row in the table is unreadable" in said
    assert "order 1002: left, it changed since (revision 1 then, 2 now)" in said
    assert "1 copied, 1 left, 1 unchanged" in said
    assert tables.row("1001", STAGE) == tables.row("1001", RECOVERY)
    assert tables.row("1002", STAGE) == gone_on


def test_one_that_was_spoiled_before_the_moment_is_left(tables: Tables) -> None:
    tables.kept(a_submitted_order())
    tables.spoil("1001")
    tables.spoil("1001", RECOVERY)
    tables.spoil("1001")

    code, said = tables.copy()
    assert (code, "left, it was unreadable at that moment too" in said) == (1, True), said


def test_a_lead_whose_time_was_over_stays_erased(tables: Tables) -> None:
    tables.lost(an_order(expires_at=NOW + 5))

    code, said = tables.copy(now=NOW + 5)
    assert (code, said.splitlines()[0]) == (1, "order 1001: left, it had expired, so it was erased")
    assert tables.rows(STAGE) == []


def test_only_the_orders_that_are_named_are_copied(tables: Tables) -> None:
    tables.lost(a_submitted_order(), KEY)
    tables.lost(a_submitted_order(order_id="1002", hash="b"))
    assert tables.copy("1001")[0] == 0

    assert [row["pk"]["S"] for row in tables.rows(STAGE)] == ["1001", KEY.pk]


def test_the_counter_of_numbers_is_never_copied(tables: Tables) -> None:
    tables.then.raise_numbers(5000)
    tables.now.raise_numbers(9000)

    assert tables.copy() == (0, "0 copied, 0 left, 0 unchanged\n")
    assert int(tables.now.new_order_id()) > 9000


class Meanwhile:
    """The stage's table, in which somebody writes just before a row is put back."""

    def __init__(self, client: Any, write: Callable[[], object]) -> None:
        self._client, self._write = client, write

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def put_item(self, **asked: Any) -> Any:
        self._write()
        return self._client.put_item(**asked)


@pytest.mark.parametrize("is_lost", [True, False])
def test_what_is_written_in_between_is_not_overwritten(tables: Tables, is_lost: bool) -> None:
    order = a_submitted_order()
    if is_lost:
        tables.lost(order)
    else:
        tables.kept(order)
        tables.spoil("1001")

    def write() -> None:
        if is_lost:
            tables.now.create(order.changed(activity=NOW + 7), (), NOW)
        else:
            tables.spoil("1001")

    code, said = tables.copy(client=Meanwhile(tables.client, write))
    assert (code, said.splitlines()[0]) == (
        1,
        "order 1001: left, it was changed at this moment: check it, then run this command again",
    )
    assert tables.row("1001", STAGE) != tables.row("1001", RECOVERY)


def test_more_rows_than_one_read_takes_are_all_copied(tables: Tables) -> None:
    for number in range(1001, 1131):
        tables.lost(a_submitted_order(order_id=str(number), hash=f"h{number}"))

    assert tables.copy()[1].splitlines()[-1] == "130 copied, 0 left, 0 unchanged"
    assert len(tables.rows(STAGE)) == 130


def test_a_table_that_is_no_recovery_is_refused(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"region_name": "us-east-1"}
    monkeypatch.setattr(copy_back, "output_of", lambda *_: STAGE)
    monkeypatch.setattr(copy_back, "client_options", lambda stage: options)
    tables.client.create_table(
        TableName="another",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for source, why in (
        ("nowhere", "there is no table nowhere"),
        (STAGE, "own table"),
        ("another", "no order table"),
    ):
        with pytest.raises(NotTheRightTableError, match=why):
            copy_back_of("dev", source, (), options)
    assert main(["--stage", "dev", "--source", "nowhere"]) == 2

    tables.lost(a_submitted_order())
    assert main(["--stage", "dev", "--source", RECOVERY]) == 0
    assert tables.rows(STAGE) == []
    assert main(["--stage", "dev", "--source", RECOVERY, "--execute", "1001"]) == 0
    assert tables.rows(STAGE) == tables.rows(RECOVERY)
