"""The read models of the desk table are made again from the orders, whatever became of the table."""

import io
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from rich.console import Console

from infra.operate import rebuild as command
from infra.operate.rebuild import Rebuild
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.store import DynamoOrderStore
from lambdas.read_models.desk_followers import DeskFollower, desk_followers
from lambdas.records.table import RecordTable
from tests.support.build import NOW, a_submitted_order
from tests.support.tables import make_order_table, make_table

WAIT = Wait(token="t", since=NOW, due_at=NOW + 60, owner="operations")
Row = dict[str, Any]


class Stage:
    """An order table with three orders of which two wait, and a desk table that heard of all of them."""

    def __init__(self) -> None:
        self.client = boto3.client("dynamodb", region_name="us-east-1")
        self.store = DynamoOrderStore(make_order_table(self.client, "orders"), self.client)
        self.desk = RecordTable(make_table(self.client, "desk"), self.client)
        self.followers = desk_followers(self.desk)
        for number, waits in (("1001", {"101": WAIT}), ("1002", {}), ("1003", {"101": WAIT})):
            order = a_submitted_order(order_id=number, hash=f"hash-{number}", waits=waits, revision=4)
            self.store.create(order, (), NOW)
            self.hear(None, order)

    def hear(self, old: Order | None, new: Order | None) -> None:
        for follower in self.followers.values():
            follower.follow(old, new)

    def rows(self) -> dict[tuple[str, str], Row]:
        """All but anchors' versions, which count writes, and sums of days, which are made of the other rows when a day begins."""
        items = self.client.scan(TableName="desk")["Items"]
        return {
            (item["pk"]["S"], item["sk"]["S"]): {
                name: {"SS": sorted(value["SS"])} if "SS" in value else value
                for name, value in item.items()
                if name != "version"
            }
            for item in items
            if not item["pk"]["S"].endswith("#days")
        }

    def remove(self, *places: tuple[str, str]) -> None:
        for pk, sk in places:
            self.client.delete_item(TableName="desk", Key={"pk": {"S": pk}, "sk": {"S": sk}})

    def rebuild(self, followers: dict[str, DeskFollower] | None = None, *, start: bool = False) -> tuple[int, str]:
        said = io.StringIO()
        made = Rebuild(self.client, "orders", self.desk, followers or self.followers)
        return made.run(Console(file=said, width=300), start=start), said.getvalue()


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(
        command, "_AT_ONCE", 1
    )  # A write is atomic in DynamoDB, but moto lets other threads in between.
    with mock_aws():
        yield Stage()


def test_a_table_that_was_emptied_is_as_it_was(stage: Stage) -> None:
    before = stage.rows()
    stage.remove(*before)
    code, said = stage.rebuild()

    assert code == 0
    assert "3 orders: search, numbers, worklist written again" in said.replace("\n", " ")
    assert stage.rows() == before


def test_entries_that_were_deleted_beside_their_anchors_come_back(stage: Stage) -> None:
    before = stage.rows()
    stage.remove(*[(pk, sk) for pk, sk in before if sk != "anchor" and not pk.startswith("search#order#")])
    stage.rebuild()

    assert stage.rows() == before


def test_what_is_of_orders_that_are_gone_and_what_no_order_has_any_more_is_removed(stage: Stage) -> None:
    gone = stage.store.get("1001")
    stage.client.delete_item(TableName="orders", Key={"pk": {"S": "1001"}, "sk": {"S": "order"}})
    stray = {"pk": {"S": "worklist#1"}, "sk": {"S": "2#000000000001#1002#101"}, "order_id": {"S": "1002"}}
    stage.client.put_item(TableName="desk", Item=stray)
    code, said = stage.rebuild()

    assert code == 0
    assert "1 orders that are gone and 1 stray entries" in said.replace("\n", " ")
    stage.hear(gone, gone)  # nothing to do
    assert not [row for row in stage.rows().values() if "1001" in str(row) or row.get("order_id") == {"S": "1002"}]
    before = stage.rows()
    assert stage.rebuild()[0] == 0
    assert stage.rows() == before


def test_an_order_that_goes_on_meanwhile_is_as_its_stream_says(stage: Stage) -> None:
    """The command read it before the change, and writes after it."""

    class Late:
        prefix = "worklist#"

        def __getattr__(self, name: str) -> Any:
            return getattr(stage.followers["worklist"], name)

        def follow(self, old: Order | None, new: Order | None) -> None:
            assert new is not None
            after = stage.store.save(new.changed(waits={}))
            stage.followers["worklist"].follow(new, after)
            stage.followers["worklist"].follow(old, new)

    stage.rebuild({"worklist": Late()})
    assert not [pk for pk, sk in stage.rows() if pk.startswith("worklist#") and sk != "anchor"]


def test_an_interrupted_command_continues_where_it_stopped(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_PAGE", 1)
    met: list[str] = []

    class Dies:
        prefix = "worklist#"

        def __getattr__(self, name: str) -> Any:
            return getattr(stage.followers["worklist"], name)

        def follow(self, old: Order | None, new: Order | None) -> None:
            assert new is not None
            if len(met) == 2:
                raise KeyboardInterrupt
            met.append(new.order_id)
            stage.followers["worklist"].follow(old, new)

    with pytest.raises(KeyboardInterrupt):
        stage.rebuild({"worklist": Dies()})
    code, said = stage.rebuild()
    assert code == 0
    assert f"continues behind order {met[-1]}" in said
    assert "1 orders: search" in said
    assert "3 orders: search" in stage.rebuild(start=True)[1]
    assert not [pk for pk, _ in stage.rows() if pk == "rebuild"]


def test_an_order_that_cannot_be_read_is_named_and_holds_up_no_other(stage: Stage) -> None:
    key = {"pk": {"S": "1001"}, "sk": {"S": "order"}}
    stage.client.update_item(
        TableName="orders", Key=key, UpdateExpression="SET step_id = :x", ExpressionAttributeValues={":x": {"S": "?"}}
    )
    code, said = stage.rebuild()

    assert code == 1
    assert "order 1001 was left: it cannot be read" in said
    assert "2 orders: search" in said


def test_the_command_finds_the_tables_of_its_stage(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = {"OrderTable": "orders", "DeskTable": "desk"}
    monkeypatch.setattr(command, "output_of", lambda stage, name, options: tables[name])

    assert command.main(["--stage", "dev", "--start"]) == 0
    assert "3 orders" in capsys.readouterr().out
