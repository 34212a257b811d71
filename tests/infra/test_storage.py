"""The tables, and what a stage that may not be lost asks of them."""

from tests.infra.template import Synthesized, name_of
from tests.support.tables import INDEXES, KEPT, projection

TABLES = {"StorageOrderTable", "StorageRecordTable", "StorageGuardTable", "StorageHistoryTable", "StorageDeskTable"}


def test_all_tables_are_on_demand_with_the_same_keys(stage: Synthesized) -> None:
    tables = stage.properties_of_type("AWS::DynamoDB::Table")

    assert set(tables) == TABLES
    for table in tables.values():
        assert table["KeySchema"] == [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ]
        assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_orders_are_read_by_step_by_client_by_opportunity_and_by_due_date(stage: Synthesized) -> None:
    orders = stage.properties("StorageOrderTable")
    kinds = {each["AttributeName"]: each["AttributeType"] for each in orders["AttributeDefinitions"]}
    indexes = {
        index["IndexName"]: [(key["AttributeName"], kinds[key["AttributeName"]]) for key in index["KeySchema"]]
        for index in orders["GlobalSecondaryIndexes"]
    }

    assert indexes == {
        "by_step": [("queue_step", "S"), ("received", "S")],
        "by_client": [("client_id", "S"), ("received", "S")],
        "by_opportunity": [("opportunity", "S"), ("received", "S")],
        "by_due": [("due_shard", "S"), ("due_at", "N")],
    }
    assert {name: tuple(keys) for name, keys in indexes.items()} == INDEXES  # what the other tests make
    projections = {index["IndexName"]: index["Projection"] for index in orders["GlobalSecondaryIndexes"]}
    assert projections == {name: projection(KEPT.get(name)) for name in INDEXES}
    assert "GlobalSecondaryIndexes" not in stage.properties("StorageRecordTable")


def test_only_orders_have_a_stream_and_records_never_expire(stage: Synthesized) -> None:
    orders, records = stage.properties("StorageOrderTable"), stage.properties("StorageRecordTable")
    guards = stage.properties("StorageGuardTable")

    assert orders["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert orders["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert not {"StreamSpecification", "TimeToLiveSpecification"} & set(records)
    assert guards["TimeToLiveSpecification"] == orders["TimeToLiveSpecification"]
    assert "StreamSpecification" not in guards


def test_prod_keeps_its_tables_whatever_happens_to_the_stack(prod: Synthesized) -> None:
    for name, table in prod.of_type("AWS::DynamoDB::Table").items():
        assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
        assert table["Properties"]["DeletionProtectionEnabled"] is True
        recovers = {"PointInTimeRecoveryEnabled": name not in ("StorageGuardTable", "StorageDeskTable")}
        # Guards expire, and what the desk reads can be made again.
        assert table["Properties"]["PointInTimeRecoverySpecification"] == recovers
    artifact = prod.manifest["artifacts"][prod.settings.stack_name]
    assert artifact["properties"]["terminationProtection"] is True


def test_local_leaves_nothing_behind(local: Synthesized) -> None:
    for table in local.of_type("AWS::DynamoDB::Table").values():
        assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Delete"
        assert table["Properties"]["DeletionProtectionEnabled"] is False
    assert not [name for name, resource in local.resources.items() if resource.get("DeletionPolicy") == "Retain"]


def test_prod_encrypts_with_a_key_of_its_own_that_turns(prod: Synthesized) -> None:
    (key,) = prod.of_type("AWS::KMS::Key").values()

    assert key["DeletionPolicy"] == "Retain"
    assert key["Properties"]["EnableKeyRotation"] is True
    for table in prod.properties_of_type("AWS::DynamoDB::Table").values():
        assert table["SSESpecification"]["SSEEnabled"] is True
        assert name_of(table["SSESpecification"]["KMSMasterKeyId"]) == "StorageTableKey"


def test_the_key_answers_only_to_dynamodb_on_behalf_of_this_account(prod: Synthesized) -> None:
    statements = prod.properties("StorageTableKey")["KeyPolicy"]["Statement"]

    for statement in statements:
        if statement["Principal"] == {"AWS": "*"}:
            conditions = statement["Condition"]["StringEquals"]
            assert conditions["kms:CallerAccount"] == {"Ref": "AWS::AccountId"}
            assert name_of(conditions["kms:ViaService"]).startswith("dynamodb.")


def test_other_stages_use_the_key_that_aws_manages(local: Synthesized) -> None:
    assert not [resource for resource in local.resources.values() if resource["Type"].startswith("AWS::KMS::")]
    for table in local.properties_of_type("AWS::DynamoDB::Table").values():
        assert table["SSESpecification"] == {"SSEEnabled": True}
