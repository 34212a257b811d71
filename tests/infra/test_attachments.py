"""The bucket for files of posts: nobody's but the API's, and kept where data is kept."""

import json

from tests.infra.template import Synthesized, name_of


def test_the_bucket_is_private_and_encrypted(stage: Synthesized) -> None:
    bucket = stage.properties("AttachmentsBucket")

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert "BucketName" not in bucket


def test_the_bucket_speaks_tls_only_and_lets_nobody_in_by_policy(stage: Synthesized) -> None:
    policies = stage.properties_of_type("AWS::S3::BucketPolicy").values()
    (policy,) = [each for each in policies if name_of(each["Bucket"]) == "AttachmentsBucket"]
    (statement,) = policy["PolicyDocument"]["Statement"]

    assert (statement["Effect"], statement["Action"], statement["Principal"]) == ("Deny", "s3:*", {"AWS": "*"})
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert [name_of(resource) for resource in statement["Resource"]] == ["AttachmentsBucket", "AttachmentsBucket/*"]


def test_only_prod_keeps_the_bucket_and_its_versions(prod: Synthesized, local: Synthesized) -> None:
    kept, removed = prod.resources["AttachmentsBucket"], local.resources["AttachmentsBucket"]

    assert kept["DeletionPolicy"] == kept["UpdateReplacePolicy"] == "Retain"
    assert kept["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    assert removed["DeletionPolicy"] == removed["UpdateReplacePolicy"] == "Delete"
    assert "VersioningConfiguration" not in removed["Properties"]


def test_only_three_doors_know_the_bucket_where_the_desk_only_reads_and_the_forms_only_write(
    stage: Synthesized,
) -> None:
    knowing = {name for name, function in stage.functions.items() if "AttachmentsBucket" in json.dumps(function)}
    allowed = {
        name for name, role in stage.of_type("AWS::IAM::Role").items() if "AttachmentsBucket" in json.dumps(role)
    }

    doors = {"ApiHandler", "DeskHandler", "FormsHandler"}
    assert (knowing, allowed) == (doors, {f"{door}Role" for door in doors})
    assert "s3:PutObject" not in json.dumps(stage.of_type("AWS::IAM::Role")["DeskHandlerRole"])
    assert "s3:GetObject" not in json.dumps(stage.of_type("AWS::IAM::Role")["FormsHandlerRole"])
    for name in sorted(knowing):
        told = stage.functions[name]["Environment"]["Variables"]
        assert name_of(told["ATTACHMENT_BUCKET"]) == "AttachmentsBucket"
    told = stage.functions["ApiHandler"]["Environment"]["Variables"]
    assert (told["MAIL_FROM"], told["COMPANY"]) == (stage.settings.mail_from, stage.settings.company)
