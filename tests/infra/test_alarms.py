"""Alarms: each looks at a metric that is counted or published, says what to do, and notifies the topic of its stage."""

import json
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import grimp
import pytest
from aws_cdk import App, Stack, Validations
from aws_cdk import aws_cloudwatch as cloudwatch
from cdk_nag import AwsSolutionsChecks

from infra.app import ROOT
from infra.operations.alarms.rule import DIMENSIONS, AlarmRule, Of
from infra.operations.alarms.table import ALARMS, COMPOSITE
from infra.operations.alarms.topic import AlarmTopic
from lambdas.runtime.telemetry import metric_service
from tests.infra.filled_in import filled_in_prod
from tests.infra.template import Synthesized, name_of, plain

TOPIC = "arn:aws:sns:eu-west-1:111122223333:operations"
RUNBOOKS = ROOT / "docs" / "runbooks"
PARTS = ("Meaning", "Impact", "Diagnosis", "Mitigation")
each_rule = pytest.mark.parametrize("rule", ALARMS, ids=lambda rule: rule.name)

# What AWS publishes, with unit and dimensions: (namespace, metric) -> (unit, sets of dimensions).
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
# https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
# https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html
OF_A_TABLE = (("TableName",), ("TableName", "GlobalSecondaryIndexName"))
PUBLISHED: dict[tuple[str, str], tuple[str, tuple[tuple[str, ...], ...]]] = {
    ("AWS/Lambda", "Errors"): ("Count", ((), ("FunctionName",), ("FunctionName", "Resource"))),
    ("AWS/Lambda", "Throttles"): ("Count", ((), ("FunctionName",), ("FunctionName", "Resource"))),
    ("AWS/Lambda", "IteratorAge"): ("Milliseconds", (("FunctionName",), ("FunctionName", "Resource"))),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): ("Count", (("QueueName",),)),
    ("AWS/DynamoDB", "ReadThrottleEvents"): ("Count", OF_A_TABLE),
    ("AWS/DynamoDB", "WriteThrottleEvents"): ("Count", OF_A_TABLE),
    ("AWS/States", "ExecutionsFailed"): ("Count", (("StateMachineArn",),)),
    ("AWS/States", "ExecutionsTimedOut"): ("Count", (("StateMachineArn",),)),
    ("AWS/States", "ExecutionsAborted"): ("Count", (("StateMachineArn",),)),
    ("AWS/ApiGateway", "5xx"): ("Count", (("ApiId",), ("ApiId", "Stage"))),
    ("AWS/SES", "Reputation.BounceRate"): ("None", ((),)),
    ("AWS/SES", "Reputation.ComplaintRate"): ("None", ((),)),
}


@cache
def counted() -> dict[str, dict[str, set[str]]]:
    """Metric -> unit -> the modules that count it, read from the calls in the code."""
    found: dict[str, dict[str, set[str]]] = {}
    for file in (ROOT / "lambdas").rglob("*.py"):
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for name, unit in re.findall(r'add_metric\(\s*"(\w+)",\s*MetricUnit\.(\w+)', file.read_text("utf-8")):
            found.setdefault(name, {}).setdefault(unit, set()).add(module)
    return found


@cache
def imports() -> Any:
    return grimp.build_graph("lambdas")


def runs(handler: str, module: str) -> bool:
    """Whether a function may come to this module. The API finds its methods by the names of their groups."""
    found = [each for each in imports().modules if re.fullmatch(r"lambdas\.api\..+\.methods", each)]
    loaded = [handler, *(found if handler == "lambdas.api.handler" else [])]
    return module in loaded or any(imports().chain_exists(each, module) for each in loaded)


def services(product: Synthesized) -> dict[str, str]:
    """The module of each function's handler, by the name that its metrics carry."""
    return {
        metric_service(each["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]): each["Handler"].rpartition(".")[0]
        for each in product.functions.values()
    }


def parts_of(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """The metrics that an alarm looks at: Namespace, MetricName, Dimensions, Stat and Period of each."""
    if "MetricName" in alarm:
        one = {key: alarm[key] for key in ("Namespace", "MetricName", "Period")}
        return [{**one, "Stat": alarm["Statistic"], "Dimensions": alarm.get("Dimensions", [])}]
    stats = [each["MetricStat"] for each in alarm["Metrics"] if "MetricStat" in each]
    return [{"Dimensions": [], **each["Metric"], "Stat": each["Stat"], "Period": each["Period"]} for each in stats]


def alarms_of(operations: Synthesized, rule: AlarmRule) -> list[dict[str, Any]]:
    found = operations.properties_of_type("AWS::CloudWatch::Alarm")
    return [alarm for name, alarm in found.items() if re.fullmatch(rf"Alarms{rule.name}\d*", name)]


@each_rule
def test_an_alarm_says_what_its_row_says(operations: Synthesized, rule: AlarmRule) -> None:
    alarms = alarms_of(operations, rule)
    ours = f"OrderQueues/{operations.settings.stage}"

    assert alarms
    for alarm in alarms:
        assert alarm["AlarmName"].startswith(f"OrderQueues-prod-{rule.name}")
        assert (alarm["Threshold"], alarm["TreatMissingData"]) == (rule.threshold, rule.missing)
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        assert len(parts_of(alarm)) <= 10  # of one alarm
        for part in parts_of(alarm):
            assert part["Namespace"] == (ours if rule.of is Of.OURS else rule.of.value.partition(" ")[0])
            assert part["MetricName"] in rule.metrics
            assert {each["Name"] for each in part["Dimensions"]} == set(DIMENSIONS[rule.of])
            assert (part["Stat"], part["Period"]) == (rule.statistic, rule.minutes * 60)


@each_rule
def test_its_metric_is_counted_by_our_code_or_published_by_aws(prod: Synthesized, rule: AlarmRule) -> None:
    for metric in rule.metrics:
        if rule.of is not Of.OURS:
            unit, dimensions = PUBLISHED[rule.of.value.partition(" ")[0], metric]
            assert (rule.unit, DIMENSIONS[rule.of] in dimensions) == (unit, True)
            continue
        counting = counted()[metric][rule.unit]
        for service in rule.names:
            handler = services(prod)[service]
            assert any(runs(handler, module) for module in counting), f"{service} never counts {metric}"


def test_functions_count_in_the_namespace_that_alarms_look_at(stage: Synthesized) -> None:
    told = {each["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"] for each in stage.functions.values()}

    assert told == {f"OrderQueues/{stage.settings.stage}"}


def test_each_alarm_looks_at_the_resource_that_it_names(prod: Synthesized, operations: Synthesized) -> None:
    meant = {
        "RelayLate": ["OutboxRelayFunction"],
        "AnnouncerLate": ["OutboxAnnouncerFunction"],
        "WatchFails": ["WatchSweeperFunction", "WatchExecutionsFunction", "WatchCheckFunction", "WatchHoldsFunction"],
        "RecordsParked": ["OutboxDeadLetters.QueueName"],
        "StopsMissed": ["WatchMissed.QueueName"],
        "ContractsParked": ["IntakeDeadLetters.QueueName"],
        "NoticesParked": ["NoticesDeadLetters.QueueName"],
        "StaffNoticesParked": ["StaffNoticesDeadLetters.QueueName"],
        "BulkRunsFail": ["BulkMachine"] * 3,
        "ApiFails": ["ApiHttpApi", "$default"],
    }
    for name, resources in meant.items():
        alarm = operations.properties(f"Alarms{name}")
        assert [named(prod, each["Value"]) for part in parts_of(alarm) for each in part["Dimensions"]] == resources


def named(product: Synthesized, value: Any) -> str:
    """The resource of the product that a value of the other stack points at, through the product's outputs."""
    if isinstance(value, dict) and "Fn::GetStackOutput" in value:
        output = value["Fn::GetStackOutput"]
        assert output["StackName"] == product.settings.stack_name
        return name_of(product.template["Outputs"][output["OutputName"]]["Value"])
    return name_of(value)


def test_every_queue_of_dead_letters_every_machine_and_every_table_has_an_alarm(
    prod: Synthesized, operations: Synthesized
) -> None:
    watched = {
        named(prod, each["Value"]).removesuffix(".QueueName")
        for alarm in operations.properties_of_type("AWS::CloudWatch::Alarm").values()
        for part in parts_of(alarm)
        for each in part["Dimensions"]
    }
    read = {
        name_of(each["EventSourceArn"]) for each in prod.properties_of_type("AWS::Lambda::EventSourceMapping").values()
    }
    nobody_reads = set(prod.of_type("AWS::SQS::Queue")) - read

    assert nobody_reads <= watched, f"a row for {nobody_reads - watched} in infra/operations/alarms/table.py"
    assert set(prod.of_type("AWS::DynamoDB::Table")) <= watched
    assert set(prod.of_type("AWS::StepFunctions::StateMachine")) <= watched


def test_the_composite_alarm_goes_off_with_all_that_stops_orders(operations: Synthesized) -> None:
    composite = operations.properties(f"Alarms{COMPOSITE}")
    children = {
        plain(each["Fn::GetAtt"][0]) for each in composite["AlarmRule"]["Fn::Join"][1] if isinstance(each, dict)
    }
    stopping = [rule for rule in ALARMS if rule.stops_orders]

    assert composite["AlarmName"] == f"OrderQueues-prod-{COMPOSITE}"
    for rule in stopping:
        assert f"Alarms{rule.name}" in children
    assert {name.removeprefix("Alarms").rstrip("0123456789") for name in children} == {rule.name for rule in stopping}


def test_every_alarm_rings_at_the_topic_when_it_goes_off_and_when_it_ends(operations: Synthesized) -> None:
    alarms = {
        **operations.properties_of_type("AWS::CloudWatch::Alarm"),
        **operations.properties_of_type("AWS::CloudWatch::CompositeAlarm"),
    }
    for name, alarm in alarms.items():
        assert (alarm["AlarmActions"], alarm["OKActions"]) == ([TOPIC], [TOPIC]), name


def test_the_local_stage_has_no_alarms_because_the_engine_evaluates_none(local: Synthesized) -> None:
    assert not [each for each in local.resources.values() if each["Type"].startswith("AWS::CloudWatch::")]
    assert not (local.outdir / f"{local.settings.operations_stack_name}.template.json").exists()


def page(name: str) -> str:
    return (RUNBOOKS / f"{name}.md").read_text("utf-8")


@pytest.mark.parametrize("name", [*(rule.name for rule in ALARMS), COMPOSITE])
def test_every_alarm_has_a_page_that_says_what_to_do(operations: Synthesized, name: str) -> None:
    text, alarm = page(name), operations.properties(f"Alarms{name}")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    places = [*(text.index(f"## {part}") for part in PARTS), len(text)]

    assert text.startswith(f"# {name}\n")
    assert headings == list(PARTS)
    assert all(end - start > len("## Mitigation") + 30 for start, end in pairwise(places))
    assert f"docs/runbooks/{name}.md" in alarm["AlarmDescription"]


def test_there_is_no_page_without_an_alarm() -> None:
    pages = {file.stem for file in RUNBOOKS.glob("*.md")} - {"README"}

    assert pages == {*(rule.name for rule in ALARMS), COMPOSITE}


def test_pages_name_commands_and_documents_that_there_are() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for file in RUNBOOKS.glob("*.md"):
        text = file.read_text("utf-8")
        assert set(re.findall(r"make ([a-z-]+)", text)) <= targets, file.name
        assert set(re.findall(r"`((?:order|client)\.\w+)`", text)) <= methods(), file.name
        assert all((ROOT / path).exists() for path in re.findall(r"`((?:docs|infra|lambdas)/[\w/.-]+)`", text)), (
            file.name
        )
        saved = re.findall(r"\*([^*]+)\* \(saved query\)", text)
        assert set(saved) <= set(names_of_queries()), file.name


def methods() -> set[str]:
    return {path.strip("/") for path in json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))["paths"]}


def names_of_queries() -> list[str]:
    from infra.operations.queries import SAVED

    return [query.name for query in SAVED]


@pytest.mark.parametrize("own_key", [True, False])
def test_a_topic_of_its_own_may_be_published_to_by_alarms(tmp_path: Path, own_key: bool) -> None:
    settings = replace_settings(alarm_topic="", alarm_mails=("duty@seaside.internal",), customer_managed_key=own_key)
    app = App(outdir=str(tmp_path), analytics_reporting=False)
    stack = Stack(app, settings.operations_stack_name)
    topic = AlarmTopic(stack, "AlarmTopic", settings=settings)
    metric = cloudwatch.Metric(namespace="AWS/SES", metric_name="Reputation.BounceRate")
    topic.notify(cloudwatch.Alarm(stack, "Alarm", metric=metric, threshold=1, evaluation_periods=1))
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()
    made = Synthesized(settings=settings, outdir=tmp_path, sources=tmp_path, stack=settings.operations_stack_name)

    (alarm,) = made.properties_of_type("AWS::CloudWatch::Alarm").values()
    assert [name_of(each) for each in alarm["AlarmActions"]] == ["AlarmTopic"]
    (policy,) = made.properties_of_type("AWS::SNS::TopicPolicy").values()
    assert_lets_cloudwatch(policy["PolicyDocument"], "sns:Publish")
    assert any(each["Effect"] == "Deny" for each in policy["PolicyDocument"]["Statement"])  # without TLS
    (mail,) = made.properties_of_type("AWS::SNS::Subscription").values()
    assert (mail["Protocol"], mail["Endpoint"]) == ("email", "duty@seaside.internal")
    (resource,) = made.properties_of_type("AWS::SNS::Topic").values()
    if own_key:
        assert name_of(resource["KmsMasterKeyId"]) == "AlarmTopicKey"
        assert_lets_cloudwatch(made.properties("AlarmTopicKey")["KeyPolicy"], "kms:Decrypt", "kms:GenerateDataKey*")
    else:
        assert "KmsMasterKeyId" not in resource  # the managed key of SNS would silence the alarms
    report = json.loads((tmp_path / "validation-report.json").read_text())
    assert report["pluginReports"] == []


def replace_settings(**changed: Any) -> Any:
    return filled_in_prod().model_copy(update=changed)


def assert_lets_cloudwatch(policy: dict[str, Any], *actions: str) -> None:
    (allowed,) = (each for each in policy["Statement"] if each.get("Sid") == "FromAlarms")
    given = allowed["Action"] if isinstance(allowed["Action"], list) else [allowed["Action"]]
    assert (allowed["Effect"], sorted(given)) == ("Allow", sorted(actions))
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
