"""Alarms: on which counts, of which functions, and where they rule."""

import re

import pytest

from infra.alarms import ALARM_RULES, AlarmRule
from infra.app import ROOT
from lambdas.runtime.telemetry import metric_service
from tests.infra.template import Synthesized

TOPIC = "arn:aws:sns:eu-west-1:111122223333:operations"


def services(stage: Synthesized) -> dict[str, str]:
    """The handler of each function, by what its metrics are told apart by."""
    return {
        each["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]: each["Handler"]
        for each in stage.functions.values()
    }


@pytest.mark.parametrize(
    ("rule", "service"),
    [(rule, service) for rule in ALARM_RULES for service in rule.services],
    ids=lambda each: each.name if isinstance(each, AlarmRule) else each,
)
def test_an_alarm_looks_at_what_its_function_counts(stage: Synthesized, rule: AlarmRule, service: str) -> None:
    alarm = stage.properties(f"Alarms{rule.name_of(service)}")

    assert (alarm["Namespace"], alarm["MetricName"]) == (f"OrderQueues/{stage.settings.stage}", rule.metric)
    assert (alarm["Dimensions"], alarm["Statistic"]) == ([{"Name": "service", "Value": service}], "Sum")
    assert (alarm["Threshold"], alarm["Period"]) == (rule.count, rule.minutes * 60)
    assert alarm["TreatMissingData"] == "notBreaching"
    assert service in services(stage)


def test_every_alarm_on_a_count_of_ours_names_a_function_that_there_is(stage: Synthesized) -> None:
    alarms = stage.properties_of_type("AWS::CloudWatch::Alarm").items()
    ours = {name: alarm["Dimensions"] for name, alarm in alarms if alarm["Namespace"].startswith("OrderQueues/")}
    known = {metric_service(service) for service in services(stage)}

    assert {"WatchStopNoticed", "WatchStopFound"} <= ours.keys()
    assert {name: found for name, found in ours.items() if found[0]["Value"] not in known} == {}


def test_functions_count_in_the_namespace_that_alarms_look_at(stage: Synthesized) -> None:
    told = {each["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"] for each in stage.functions.values()}

    assert told == {f"OrderQueues/{stage.settings.stage}"}


def test_what_rings_is_counted_somewhere() -> None:
    sources = "\n".join(file.read_text("utf-8") for file in (ROOT / "lambdas").rglob("*.py"))
    names = set(re.findall(r'add_metric\(\s*"(\w+)"', sources))

    assert {rule.metric for rule in ALARM_RULES} <= names


def test_every_alarm_of_a_stage_that_keeps_data_rings_at_its_topic(prod: Synthesized, local: Synthesized) -> None:
    for name, alarm in prod.properties_of_type("AWS::CloudWatch::Alarm").items():
        assert (alarm["AlarmActions"], alarm["OKActions"]) == ([TOPIC], [TOPIC]), name
    assert not any("AlarmActions" in alarm for alarm in local.properties_of_type("AWS::CloudWatch::Alarm").values())


def test_the_manual_says_of_every_alarm_what_to_do(stage: Synthesized) -> None:
    manual = (ROOT / "docs" / "operating.md").read_text("utf-8")
    of_doors = {f"Alarms{rule.name_of(service)}" for rule in ALARM_RULES for service in rule.services}

    assert {name for name in stage.of_type("AWS::CloudWatch::Alarm") if name.startswith("Alarms")} == of_doors
    for rule in ALARM_RULES:
        assert f"| *{rule.name}* |" in manual
