"""Alarms: on which counts, of which functions, and where they ring."""

import re
from collections.abc import Iterator

import pytest

from infra.alarms import RINGS, Ring
from infra.app import ROOT
from tests.infra.template import Synthesized

TOPIC = "arn:aws:sns:eu-west-1:111122223333:operations"


def services(stage: Synthesized) -> dict[str, str]:
    """The handler of each function, by what its metrics are told apart by."""
    return {
        each["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]: each["Handler"]
        for each in stage.functions.values()
    }


def counted(alarm: dict[str, object]) -> Iterator[dict[str, object]]:
    """The metrics an alarm looks at."""
    queries = alarm.get("Metrics")
    if not isinstance(queries, list):
        yield alarm
        return
    for query in queries:
        if "MetricStat" in query:
            yield {**query["MetricStat"]["Metric"], "Statistic": query["MetricStat"]["Stat"]}


@pytest.mark.parametrize("ring", RINGS, ids=lambda ring: ring.name)
def test_an_alarm_adds_up_what_its_functions_count(stage: Synthesized, ring: Ring) -> None:
    alarm = stage.properties(f"Alarms{ring.name}")
    found = list(counted(alarm))

    assert {str(each["MetricName"]) for each in found} == {ring.metric}
    assert {str(each["Namespace"]) for each in found} == {f"OrderQueues/{stage.settings.stage}"}
    assert {str(each["Statistic"]) for each in found} == {"Sum"}
    dimensions = [each["Dimensions"] for each in found]
    assert dimensions == [[{"Name": "service", "Value": name}] for name in ring.services]
    assert set(ring.services) <= services(stage).keys()
    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (ring.count, "notBreaching")


def test_functions_count_in_the_namespace_that_alarms_look_at(stage: Synthesized) -> None:
    told = {each["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"] for each in stage.functions.values()}

    assert told == {f"OrderQueues/{stage.settings.stage}"}


def test_what_rings_is_counted_somewhere() -> None:
    sources = "\n".join(file.read_text("utf-8") for file in (ROOT / "lambdas").rglob("*.py"))
    names = set(re.findall(r'add_metric\(\s*"(\w+)"', sources))

    assert {ring.metric for ring in RINGS} <= names


def test_every_alarm_of_a_stage_that_keeps_data_rings_at_its_topic(prod: Synthesized, local: Synthesized) -> None:
    for name, alarm in prod.properties_of_type("AWS::CloudWatch::Alarm").items():
        assert (alarm["AlarmActions"], alarm["OKActions"]) == ([TOPIC], [TOPIC]), name
    assert not any("AlarmActions" in alarm for alarm in local.properties_of_type("AWS::CloudWatch::Alarm").values())


def test_the_manual_says_of_every_alarm_what_to_do(stage: Synthesized) -> None:
    manual = (ROOT / "docs" / "operating.md").read_text("utf-8")
    named = [name for name in stage.of_type("AWS::CloudWatch::Alarm") if name.startswith("Alarms")]

    assert len(named) == len(RINGS)
    for name in named:
        assert f"| *{name.removeprefix('Alarms')}* |" in manual
