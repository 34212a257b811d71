"""The bucket of anchors: what is put there stays, whoever asks, and one function may put something there."""

import pytest
from pydantic import ValidationError

from infra.stages.history_anchors import HistoryAnchors
from tests.infra.template import Synthesized, name_of


def test_an_anchor_is_locked_as_long_as_the_stage_says_and_its_bucket_outlives_the_stack(prod: Synthesized) -> None:
    bucket = prod.of_type("AWS::S3::Bucket")["AnchorsBucket"]
    properties = bucket["Properties"]

    assert properties["ObjectLockEnabled"] is True
    assert properties["ObjectLockConfiguration"] == {
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 400}},
    }
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert all(properties["PublicAccessBlockConfiguration"].values())
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"


def test_no_role_may_read_delete_or_unlock_an_anchor(prod: Synthesized) -> None:
    may = {
        action
        for role in prod.properties_of_type("AWS::IAM::Role").values()
        for policy in role.get("Policies", ())
        for statement in policy["PolicyDocument"]["Statement"]
        for action in _listed(statement["Action"])
        if any(name_of(each).startswith("AnchorsBucket") for each in _listed(statement["Resource"]))
    }
    assert may == {"s3:PutObject"}


def test_its_function_writes_one_record_and_is_asked_every_hour(prod: Synthesized) -> None:
    (policy,) = prod.properties("AnchorsAnchorRole")["Policies"]
    (on_records,) = (
        each
        for each in policy["PolicyDocument"]["Statement"]
        if name_of(each["Resource"]) == "StorageRecordTable.Arn" or name_of(each["Resource"]) == "StorageRecordTable"
    )

    assert on_records["Condition"]["ForAllValues:StringLike"] == {"dynamodb:LeadingKeys": ["history_anchor"]}
    assert prod.properties("AnchorsDaily")["ScheduleExpression"] == "cron(30 * * * ? *)"
    assert prod.properties("OutboxAnnouncerFunction")["Environment"]["Variables"]["HISTORY_ANCHORED"] == "1"
    assert prod.properties("WatchCheckFunction")["Environment"]["Variables"]["HISTORY_ANCHORED"] == "1"


@pytest.mark.parametrize("wrong", [{"mode": "forever", "days": 1}, {"mode": "governance", "days": 0}, {"days": 1}])
def test_a_lock_that_aws_would_refuse_is_refused_before(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        HistoryAnchors.model_validate(wrong)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
