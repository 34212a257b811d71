"""A table is restored to a moment into a new table, and what AWS refuses or leaves out is refused or left out."""

import time
from typing import Any

import pytest

from tests.engine.cloud import Cloud, error_code, eventually, unique
from tests.engine.test_dynamodb import template
from tests.engine.test_http_api import deploy


def moment() -> int:
    """A second that has begun, and in which nothing was written yet."""
    before = int(time.time())
    eventually(lambda: int(time.time()) > before)
    return int(time.time())


def a_table(cloud: Cloud, **options: Any) -> str:
    """With recovery on."""
    table = cloud.table(**options)
    switch = {"PointInTimeRecoveryEnabled": True}
    cloud.client("dynamodb").update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=switch)
    return table


def restored(cloud: Cloud, source: str, at: int) -> str:
    target = unique("restored")
    cloud.client("dynamodb").restore_table_to_point_in_time(
        SourceTableName=source, TargetTableName=target, RestoreDateTime=at
    )
    eventually(lambda: described(cloud, target)["TableStatus"] == "ACTIVE")
    return target


def described(cloud: Cloud, table: str) -> dict[str, Any]:
    return dict(cloud.client("dynamodb").describe_table(TableName=table)["Table"])


def test_a_new_table_has_what_the_other_held_then(cloud: Cloud) -> None:
    table = a_table(cloud)
    for name in ("kept", "changed", "deleted"):
        cloud.put(table, name, at=1)
    at = moment()
    eventually(lambda: time.time() > at + 0.01)
    cloud.put(table, "changed", at=2)
    cloud.put(table, "new", at=2)
    cloud.client("dynamodb").delete_item(TableName=table, Key={"pk": {"S": "deleted"}})
    later = moment()

    then = restored(cloud, table, at)

    assert {name: cloud.item(then, name).get("at", {}).get("N") for name in ("kept", "changed", "deleted", "new")} == {
        "kept": "1",
        "changed": "1",
        "deleted": "1",
        "new": None,
    }
    assert cloud.item(restored(cloud, table, later), "changed")["at"] == {"N": "2"}
    assert cloud.item(table, "changed")["at"] == {"N": "2"}
    summary = described(cloud, then)["RestoreSummary"]
    assert (summary["SourceTableArn"].rsplit("/")[-1], int(summary["RestoreDateTime"].timestamp())) == (table, at)
    assert summary["RestoreInProgress"] is False


def test_a_table_that_is_being_made_cannot_be_read(cloud: Cloud) -> None:
    table, target, tables = a_table(cloud), unique("restored"), cloud.client("dynamodb")
    made = tables.restore_table_to_point_in_time(
        SourceTableName=table, TargetTableName=target, UseLatestRestorableTime=True
    )["TableDescription"]

    assert (made["TableStatus"], made["RestoreSummary"]["RestoreInProgress"]) == ("CREATING", True)
    assert error_code(lambda: tables.scan(TableName=target)) == "ResourceNotFoundException"
    eventually(lambda: described(cloud, target)["TableStatus"] == "ACTIVE")
    assert tables.scan(TableName=target)["Items"] == []


def test_what_aws_leaves_out_is_left_out(cloud: Cloud) -> None:
    table, tables = unique("table"), cloud.client("dynamodb")
    deploy(cloud, template(table))
    tables.update_table(TableName=table, DeletionProtectionEnabled=True)
    tables.tag_resource(ResourceArn=described(cloud, table)["TableArn"], Tags=[{"Key": "stage", "Value": "test"}])
    target = restored(cloud, table, moment())

    new = described(cloud, target)
    assert (new["SSEDescription"]["Status"], new["DeletionProtectionEnabled"]) == ("ENABLED", False)
    assert "StreamSpecification" not in new
    assert tables.list_tags_of_resource(ResourceArn=new["TableArn"])["Tags"] == []
    assert tables.describe_time_to_live(TableName=target)["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED"
    backups = tables.describe_continuous_backups(TableName=target)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "DISABLED"


def test_what_aws_refuses_is_refused(cloud: Cloud) -> None:
    tables, plain, table = cloud.client("dynamodb"), cloud.table(), a_table(cloud)

    def refused(source: str = table, target: str | None = None, **asked: Any) -> str:
        names = {"SourceTableName": source, "TargetTableName": target or unique("restored")}
        return error_code(lambda: tables.restore_table_to_point_in_time(**names, **asked))

    now = moment()
    assert refused("nowhere", RestoreDateTime=now) == "TableNotFoundException"
    assert refused(plain, RestoreDateTime=now) == "PointInTimeRecoveryUnavailableException"
    assert refused(target=plain, RestoreDateTime=now) == "TableAlreadyExistsException"
    assert refused(target="no name!", RestoreDateTime=now) == "ValidationException"
    assert refused() == "ValidationException"
    assert refused(RestoreDateTime=now, UseLatestRestorableTime=True) == "ValidationException"
    assert refused(RestoreDateTime=now + 60) == "InvalidRestoreTimeException"
    assert refused(RestoreDateTime=now - 3_600) == "InvalidRestoreTimeException"


def test_the_window_begins_when_recovery_is_switched_on(cloud: Cloud) -> None:
    before = int(time.time())
    table, tables = a_table(cloud), cloud.client("dynamodb")
    at = moment()
    said = tables.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    window = said["PointInTimeRecoveryDescription"]

    assert before <= window["EarliestRestorableDateTime"].timestamp() <= at
    assert at <= window["LatestRestorableDateTime"].timestamp() <= time.time()
    off = {"PointInTimeRecoveryEnabled": False}
    tables.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=off)
    asked = {"SourceTableName": table, "TargetTableName": unique("restored"), "RestoreDateTime": at}
    code = error_code(lambda: tables.restore_table_to_point_in_time(**asked))
    assert code == "PointInTimeRecoveryUnavailableException"


@pytest.mark.parametrize("recovery", [True, False])
def test_uncorrected_engine_copies_what_is_there_now(uncorrected: Cloud, recovery: bool) -> None:
    table = a_table(uncorrected) if recovery else uncorrected.table()
    at = moment()
    eventually(lambda: time.time() > at + 0.01)
    uncorrected.put(table, "new")

    assert uncorrected.item(restored(uncorrected, table, at), "new")
