"""The command that restores tables makes each new one once, waits for it, and refuses what is something else."""

from functools import partial
from typing import Any

import pytest

from infra.operate.restore.lost_rows import LostRows
from infra.operate.restore.moment import MomentError, iso
from infra.operate.restore.new_tables import NewTables, RestoreError
from tests.engine.cloud import Cloud, eventually, unique
from tests.engine.recovery.test_recovery import moment

KEYS = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]


def new_tables(cloud: Cloud, at: int, said: list[str] | None = None) -> NewTables:
    def pause(_: float) -> None:
        eventually(lambda: True)

    return NewTables(cloud.client("dynamodb"), at, (said if said is not None else []).append, pause)


def a_table(cloud: Cloud, *rows: tuple[str, str]) -> str:
    name, tables = unique("records"), cloud.client("dynamodb")
    types = [{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")]
    tables.create_table(TableName=name, KeySchema=KEYS, AttributeDefinitions=types, BillingMode="PAY_PER_REQUEST")
    on = {"PointInTimeRecoveryEnabled": True}
    tables.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=on)
    for pk, sk in rows:
        tables.put_item(TableName=name, Item=row(pk, sk))
    return name


def row(pk: str, sk: str, **more: Any) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}, **more}


def test_a_command_that_is_repeated_finds_the_table_that_it_made(cloud: Cloud) -> None:
    table = a_table(cloud, ("client#1", "client"))
    at, said = moment(), list[str]()
    new = new_tables(cloud, at, said)
    for _ in range(2):
        new.refuse_moment([table])
        new.wait([new.make(table)])

    name = new.name_of(table)
    assert said == [f"{name}: begun", f"{name}: there", f"{name}: there"]
    assert name.endswith(iso(at).replace("-", "").replace(":", ""))
    assert cloud.client("dynamodb").scan(TableName=name)["Count"] == 1


def test_the_longest_name_of_a_table_has_room_for_the_moment(cloud: Cloud) -> None:
    assert len(new_tables(cloud, 1_800_000_000).name_of("n" * 255)) == 255


def test_a_table_of_that_name_that_is_something_else_is_refused(cloud: Cloud) -> None:
    table, other, at = a_table(cloud), a_table(cloud), moment()
    new = new_tables(cloud, at)
    cloud.client("dynamodb").restore_table_to_point_in_time(
        SourceTableName=other, TargetTableName=new.name_of(table), UseLatestRestorableTime=True
    )

    with pytest.raises(RestoreError, match="is not what"):
        new.make(table)


def test_a_moment_outside_the_window_is_refused_with_the_ends_of_it(cloud: Cloud) -> None:
    table, at = a_table(cloud), moment()
    for wrong, why in ((at - 3_600, "at the earliest"), (at + 3_600, "at the latest")):
        with pytest.raises(MomentError, match=why):
            new_tables(cloud, wrong).refuse_moment([table])
    with pytest.raises(RestoreError, match="has no recovery"):
        new_tables(cloud, at).refuse_moment([cloud.table()])


def test_the_wait_for_a_table_has_an_end(cloud: Cloud) -> None:
    table, at = a_table(cloud), moment()
    new = new_tables(cloud, at)

    with pytest.raises(RestoreError, match="still being made after 0 minutes: run this command again"):
        new.wait([new.make(table)], within_seconds=0)
    new.wait([new.make(table)])


def test_lost_rows_that_nothing_deletes_come_back_and_no_others(cloud: Cloud) -> None:
    lasting = [
        ("client#1", "client"),
        ("invoices#1", "invoice#1"),
        ("effects#1001-a", "call#1"),
        ("order#1001", "post#1"),
    ]
    ending = [
        ("session#a", "session"),
        ("api_user#ann", "api_user"),
        ("counter#client", "counter"),
        ("series#1#invoice", "n"),
    ]
    table, tables = a_table(cloud, *lasting, *ending), cloud.client("dynamodb")
    new = new_tables(cloud, moment())
    new.wait([new.make(table)])
    for pk, sk in (*lasting[1:], *ending):
        tables.delete_item(TableName=table, Key=row(pk, sk))
    tables.put_item(TableName=table, Item=row("client#1", "client", name={"S": "newer"}))
    lost = partial(LostRows, tables, new.name_of(table), table)

    shown = lost(execute=False).put_back()
    assert tables.scan(TableName=table)["Count"] == 1
    done = lost(execute=True).put_back()

    assert shown == done
    assert (done.put, done.left) == ({"invoices": 1, "effects": 1, "order": 1}, {"counter": 1, "series": 1})
    assert done.ended == {"session": 1, "api_user": 1}
    rows = {each["pk"]["S"]: each for each in tables.scan(TableName=table)["Items"]}
    assert set(rows) == {pk for pk, _ in lasting}
    assert rows["client#1"]["name"] == {"S": "newer"}
    assert lost(execute=True).put_back().put == {}
