"""The price of a stage in a month before there is an order: what is paid for by the piece."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from infra.costs import prices
from infra.costs.order import Cost

_ALARM, _FIREWALL = "AWS::CloudWatch::Alarm", "AWS::WAFv2::WebACL"
_RULES = "rules of the firewall"
BY_THE_PIECE: Mapping[str, tuple[str, float]] = {
    _ALARM: ("metrics of alarms", prices.ALARM),
    "AWS::CloudWatch::CompositeAlarm": ("composite alarms", prices.COMPOSITE_ALARM),
    "AWS::SecretsManager::Secret": ("secrets", prices.SECRET),
    "AWS::KMS::Key": ("keys", prices.KEY),
    "AWS::CloudWatch::Dashboard": ("dashboards", prices.DASHBOARD),
    _FIREWALL: ("firewalls", prices.FIREWALL),
    _RULES: (_RULES, prices.FIREWALL_RULE),
}
CUSTOM_METRICS = 8  # of orders and leads, as `make bench` counts them


def costs_of_month(resources: Iterable[Mapping[str, Any]]) -> list[Cost]:
    """Of the resources of a stage's stacks. A custom metric is paid for by the hour in which something of it is counted:
    this is the most."""
    kinds = Counter[str]()
    for resource in resources:
        kinds[resource["Type"]] += _metrics_looked_at(resource) if resource["Type"] == _ALARM else 1
        kinds[_RULES] += len(resource["Properties"]["Rules"]) if resource["Type"] == _FIREWALL else 0
    counted = [Cost(what, kinds[kind], each) for kind, (what, each) in BY_THE_PIECE.items() if kinds[kind]]
    return [*counted, Cost("custom metrics, if counted every hour", CUSTOM_METRICS, prices.METRIC)]


def _metrics_looked_at(alarm: Mapping[str, Any]) -> int:
    """An alarm is paid for by the metric it looks at."""
    return sum("MetricStat" in each for each in alarm["Properties"].get("Metrics", [])) or 1
