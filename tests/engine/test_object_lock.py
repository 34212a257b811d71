"""What is put into a bucket with Object Lock stays for its days, and `make verify-history` reads each version of it."""

import json
from datetime import UTC, datetime, timedelta

from infra.operate.verify_history import objects_in
from lambdas.read_models.history.anchored_days import anchors_of
from lambdas.read_models.history.anchors import Anchor, name_of_object
from tests.engine.cloud import Cloud, error_code, unique

DAY = "2027-01-15"


def test_an_anchor_stays_whatever_is_put_over_it_or_deleted(cloud: Cloud) -> None:
    s3, bucket, key = cloud.client("s3"), unique("anchors"), name_of_object(DAY)
    s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    s3.put_object_lock_configuration(
        Bucket=bucket,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 2}},
        },
    )
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    true, forged = Anchor(DAY, "", ()).packed(), Anchor(DAY, "", (), begun_at=1).packed()
    first = s3.put_object(Bucket=bucket, Key=key, Body=true, ChecksumAlgorithm="SHA256")["VersionId"]

    head = s3.head_object(Bucket=bucket, Key=key, VersionId=first)
    assert head["ObjectLockMode"] == "COMPLIANCE"
    assert head["ObjectLockRetainUntilDate"] > datetime.now(UTC) + timedelta(days=1, hours=23)
    for bypass in (False, True):
        more = {"BypassGovernanceRetention": True} if bypass else {}
        delete = lambda more=more: s3.delete_object(Bucket=bucket, Key=key, VersionId=first, **more)  # noqa: E731
        assert error_code(delete) == "AccessDenied"
    s3.put_object(Bucket=bucket, Key=key, Body=forged, ChecksumAlgorithm="SHA256")
    s3.delete_object(Bucket=bucket, Key=key)  # a marker
    assert sorted(content for _, content in objects_in(s3, bucket)) == sorted([true, forged])
    assert len(anchors_of(objects_in(s3, bucket)).by_day[DAY]) == 2


def test_a_bucket_of_a_stack_locks_as_its_template_says(cloud: Cloud) -> None:
    cloudformation, s3, name = cloud.client("cloudformation"), cloud.client("s3"), unique("locked")
    properties = {
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 2}},
        },
    }
    template = {
        "Resources": {
            "Locked": {"Type": "AWS::S3::Bucket", "Properties": properties},
            "Open": {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": {"Status": "Enabled"}}},
        },
        "Outputs": {"Locked": {"Value": {"Ref": "Locked"}}, "Open": {"Value": {"Ref": "Open"}}},
    }
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    outputs = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    bucket = {output["OutputKey"]: output["OutputValue"] for output in outputs}

    assert s3.get_bucket_versioning(Bucket=bucket["Locked"])["Status"] == "Enabled"
    version = s3.put_object(Bucket=bucket["Locked"], Key="one", Body=b"1")["VersionId"]
    retention = s3.get_object_retention(Bucket=bucket["Locked"], Key="one", VersionId=version)["Retention"]
    assert (retention["Mode"], retention["RetainUntilDate"] > datetime.now(UTC) + timedelta(days=1)) == (
        "GOVERNANCE",
        True,
    )
    assert error_code(lambda: s3.delete_object(Bucket=bucket["Locked"], Key="one", VersionId=version)) == "AccessDenied"
    free = s3.put_object(Bucket=bucket["Open"], Key="one", Body=b"1")["VersionId"]
    s3.delete_object(Bucket=bucket["Open"], Key="one", VersionId=free)
