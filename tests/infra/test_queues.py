"""The machines: the checked-in definitions, deployed as they are."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_logs as logs

from infra.actions import ACTIONS
from infra.app import ROOT
from infra.bulk import definition
from infra.queue_folders import QueueFolder, read_queues
from infra.queues import QueueMachine, UnknownPlaceholderError
from infra.stages.settings import settings_of
from tests.infra.template import Synthesized, name_of

FILE = Path("machine.asl.json")


def test_every_definition_is_its_file_but_for_white_space(stage: Synthesized) -> None:
    machines = stage.properties_of_type("AWS::StepFunctions::StateMachine").values()
    by_name = {machine["StateMachineName"]: machine for machine in machines}
    bulk_runs = by_name.pop(f"{stage.settings.stage}-bulk-runs")

    assert json.loads(bulk_runs["DefinitionString"]) == definition()
    assert {name: _published(stage, machine) for name, machine in by_name.items()} == {
        f"{stage.settings.stage}-{file.parent.name}": _compact(file)
        for file in (stage.sources / "statemachines").glob("*/machine.asl.json")
    }


def _compact(file: Path) -> bytes:
    return json.dumps(json.loads(file.read_text("utf-8")), separators=(",", ":"), ensure_ascii=False).encode()


def _published(stage: Synthesized, machine: dict[str, Any]) -> bytes:
    """The definition that CloudFormation fetches: a file of its own in the bucket of `cdk bootstrap`, named by its content."""
    assert not {"Definition", "DefinitionString"} & machine.keys()
    place = machine["DefinitionS3Location"]
    assert place["Bucket"] == stage.functions["ApiHandler"]["Code"]["S3Bucket"]
    return stage.asset(place["Key"]).read_bytes()


def test_the_template_stays_far_below_what_cloudformation_takes(stage: Synthesized) -> None:
    """It takes a million bytes and 500 resources."""
    assert len(json.dumps(stage.template)) < 500_000
    assert len(stage.template["Resources"]) < 450


def test_a_definition_has_room_to_grow(stage: Synthesized) -> None:
    """Step Functions takes a million bytes, with the ARNs filled in."""
    for file in (stage.sources / "statemachines").glob("*/machine.asl.json"):
        assert file.stat().st_size < 500_000, file.parent.name


def test_a_definition_is_given_what_it_mentions_and_no_more(stage: Synthesized) -> None:
    machine = stage.properties("QueuesSampleMachine")

    assert {key: name_of(value) for key, value in machine["DefinitionSubstitutions"].items()} == {
        "OrderTable": "StorageOrderTable",
        "generate_invoice": "ActionsGenerateInvoiceFunction",
    }


def test_every_machine_is_standard_traced_and_logs_errors_without_data(stage: Synthesized) -> None:
    for name, machine in stage.properties_of_type("AWS::StepFunctions::StateMachine").items():
        (destination,) = machine["LoggingConfiguration"]["Destinations"]
        log_group = name_of(destination["CloudWatchLogsLogGroup"]["LogGroupArn"])

        assert machine["StateMachineType"] == "STANDARD"
        assert machine["TracingConfiguration"] == {"Enabled": True}
        assert machine["LoggingConfiguration"]["Level"] == "ERROR"
        assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
        assert log_group == "QueuesLogs", name
    assert "/aws/vendedlogs/states/" in json.dumps(stage.properties("QueuesLogs")["LogGroupName"])


def test_the_output_names_the_machine_of_every_folder(stage: Synthesized) -> None:
    machines = json.loads(name_of(stage.template["Outputs"]["Machines"]["Value"]))

    assert machines["sample"] == "QueuesSampleMachine"
    assert set(machines) == {queue.name for queue in read_queues(stage.sources / "statemachines")}


def test_a_definition_that_names_no_action_of_ours_is_refused() -> None:
    stack = Stack(App(), "Stack")
    table = dynamodb.Table.from_table_name(stack, "Orders", "orders")
    queue = QueueFolder(name="sample", order_queue_id=1, file=FILE, definition='"${OrderTable}" "${send_flowers}"')

    with pytest.raises(UnknownPlaceholderError, match="send_flowers"):
        QueueMachine(
            stack,
            "Sample",
            queue=queue,
            settings=settings_of("dev"),
            orders=table,
            actions={},
            log_group=logs.LogGroup.from_log_group_name(stack, "Logs", "errors"),
        )


def test_jsonata_of_its_own_is_no_placeholder() -> None:
    queue = QueueFolder(
        name="sample", order_queue_id=1, file=FILE, definition="{% $states.input.${OrderTable} & ${'a': 1} %}"
    )

    assert queue.placeholders == {"OrderTable"}
    assert replace(queue, definition="{% $merge([$a, {'b': 1}]) %}").placeholders == set()


def test_a_folder_without_a_compiled_machine_is_not_deployed(tmp_path: Path) -> None:
    (tmp_path / "draft").mkdir()
    (tmp_path / "draft" / "queue.toml").write_text("order_queue_id = 5")

    assert read_queues(tmp_path) == []


def test_the_queues_of_this_repository_name_actions_we_deploy_and_have_ids_of_their_own() -> None:
    queues = read_queues(ROOT / "statemachines")
    ids = [queue.order_queue_id for queue in queues]

    assert queues, "no compiled queue in statemachines/"
    assert {module for queue in queues for module in queue.modules()} <= set(ACTIONS)
    assert len(ids) == len(set(ids))
