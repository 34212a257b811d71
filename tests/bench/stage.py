"""What a stage costs in a month before there is an order: what is paid for by the piece, at list price."""

import json
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3

from infra.app import ROOT, add_stack, new_app
from infra.functions.layer import bundle_layer
from tests.bench import prices
from tests.bench.place import Place
from tests.bench.row import Row
from tests.infra.filled_in import filled_in_prod
from tests.infra.template import Synthesized

BY_THE_PIECE = {
    "AWS::CloudWatch::Alarm": ("metrics of alarms", prices.ALARM),
    "AWS::CloudWatch::CompositeAlarm": ("composite alarms", prices.COMPOSITE_ALARM),
    "AWS::SecretsManager::Secret": ("secrets", prices.SECRET),
    "AWS::KMS::Key": ("keys", prices.KEY),
    "AWS::CloudWatch::Dashboard": ("dashboards", prices.DASHBOARD),
}


def fixed_price() -> list[Row]:
    """Of `prod` as a customer fills it in."""
    with tempfile.TemporaryDirectory() as folder:
        settings = filled_in_prod()
        app = new_app(outdir=Path(folder))
        add_stack(app, settings=settings, layer=bundle_layer(settings, root=ROOT))
        app.synth()
        product = Synthesized(settings=settings, outdir=Path(folder), sources=ROOT)
        stacks = (product, replace(product, stack=settings.operations_stack_name))
        resources = [resource for stack in stacks for resource in stack.template["Resources"].values()]
    kinds = Counter(each["Type"] for each in resources)
    kinds["AWS::CloudWatch::Alarm"] = sum(map(_metrics_looked_at, resources))
    counted = {what: (kinds[kind], each) for kind, (what, each) in BY_THE_PIECE.items() if kind in kinds}
    rows = [
        Row(f"  {what}", f"{count} = ${count * each:.2f} a month", "", True) for what, (count, each) in counted.items()
    ]
    price = sum(count * each for count, each in counted.values())
    return [Row("fixed price of a stage, custom metrics apart", f"${price:.2f} a month", "", True), *rows]


def _metrics_looked_at(resource: dict[str, Any]) -> int:
    """An alarm is paid for by the metric it looks at."""
    if resource["Type"] != "AWS::CloudWatch::Alarm":
        return 0
    return sum("MetricStat" in each for each in resource["Properties"].get("Metrics", [])) or 1


def custom_metrics(place: Place) -> Row:
    """All that the functions counted so far, of orders, leads and what watches them. A metric is paid for by the hour in which
    something of it is told, so this is what a stage pays where all of that happens every hour."""
    logs = boto3.client("logs", **place.engine.client_options())
    told: set[tuple[str, ...]] = set()
    for group in logs.describe_log_groups()["logGroups"]:
        for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]:
            if '"CloudWatchMetrics"' in event["message"]:
                told |= _metrics(json.loads(event["message"]))
    price = len(told) * prices.METRIC
    text = f"{len(told)} = ${price:.2f} a month"
    return Row("custom metrics of orders and leads, every hour", text, "< $5", price < 5)


def _metrics(line: dict[str, object]) -> set[tuple[str, ...]]:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html"""
    aws: dict[str, list[dict[str, list[dict[str, str]]]]] = line["_aws"]  # type: ignore[assignment]
    return {(str(line["service"]), metric["Name"]) for told in aws["CloudWatchMetrics"] for metric in told["Metrics"]}
