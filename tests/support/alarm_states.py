"""Evaluates alarms of the table over what an engine counted, as CloudWatch would: in whole periods, by statistic and threshold.

Reads the counts of our functions from their logs (embedded metric format), as CloudWatch does.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from statistics import fmean
from typing import Any

from infra.operations.alarms.rule import AlarmRule
from infra.operations.alarms.table import ALARMS

Points = Iterable[tuple[float, float]]  # Unix seconds and value
_OVER: dict[str, Callable[[list[float]], float]] = {"Sum": sum, "Maximum": max, "Average": fmean}


def rule_of(name: str) -> AlarmRule:
    return next(rule for rule in ALARMS if rule.name == name)


def goes_off(rule: AlarmRule, points: Points) -> bool:
    """Whether one period of the rule comes to its threshold. No data is no alarm, as all rules have it."""
    periods = defaultdict[int, list[float]](list)
    for at, value in points:
        periods[int(at // (rule.minutes * 60))].append(value)
    return any(_OVER[rule.statistic](values) >= rule.threshold for values in periods.values())


def counted(logs: Any, rule: AlarmRule, *, since: float) -> Iterator[tuple[float, float]]:
    """The points of a rule on our own metrics. `logs`: a client of CloudWatch Logs."""
    for group in (found["logGroupName"] for page in _pages(logs) for found in page["logGroups"]):
        for event in logs.filter_log_events(logGroupName=group, startTime=int(since * 1000))["events"]:
            if '"CloudWatchMetrics"' in event["message"]:
                yield from _points(json.loads(event["message"]), rule)


def _pages(logs: Any) -> Iterator[dict[str, Any]]:
    yield from logs.get_paginator("describe_log_groups").paginate()


def _points(line: dict[str, Any], rule: AlarmRule) -> Iterator[tuple[float, float]]:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html"""
    if line.get("service") not in rule.names:
        return
    for told in line["_aws"]["CloudWatchMetrics"]:
        assert ["service"] in told["Dimensions"]
        for metric in told["Metrics"]:
            if metric["Name"] in rule.metrics:
                assert metric["Unit"] == rule.unit
                values = line[metric["Name"]]
                for value in values if isinstance(values, list) else [values]:
                    yield line["_aws"]["Timestamp"] / 1000, float(value)
