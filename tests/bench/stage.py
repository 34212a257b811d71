"""What a stage costs in a month before there is an order: what is paid for by the piece, at list price."""

import json
import tempfile
from dataclasses import replace
from pathlib import Path

import boto3

from infra.app import ROOT, add_stack, new_app
from infra.costs import prices
from infra.costs.month import CUSTOM_METRICS, costs_of_month
from infra.functions.layer import bundle_document_layer, bundle_layer
from tests.bench.place import Place
from tests.bench.row import Row
from tests.infra.filled_in import filled_in_prod
from tests.infra.template import Synthesized


def fixed_price() -> list[Row]:
    """Of `prod` as a customer fills it in."""
    with tempfile.TemporaryDirectory() as folder:
        settings = filled_in_prod()
        app = new_app(outdir=Path(folder))
        add_stack(
            app,
            settings=settings,
            layer=bundle_layer(settings, root=ROOT),
            document_layer=bundle_document_layer(settings, root=ROOT),
        )
        app.synth()
        product = Synthesized(settings=settings, outdir=Path(folder), sources=ROOT)
        stacks = (product, replace(product, stack=settings.operations_stack_name))
        resources = [resource for stack in stacks for resource in stack.template["Resources"].values()]
    costs = costs_of_month(resources)
    rows = [Row(f"  {each.what}", f"{each.units:g} = ${each.dollars:.2f} a month", "", True) for each in costs]
    price = sum(each.dollars for each in costs)
    return [Row("fixed price of a stage", f"${price:.2f} a month", "", True), *rows]


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
    text, budget = f"{len(told)} = ${price:.2f} a month", f"< $5, {CUSTOM_METRICS} in `make cost`"
    kept = price < 5 and len(told) <= CUSTOM_METRICS
    return Row("custom metrics of orders and leads, every hour", text, budget, kept)


def _metrics(line: dict[str, object]) -> set[tuple[str, ...]]:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html"""
    aws: dict[str, list[dict[str, list[dict[str, str]]]]] = line["_aws"]  # type: ignore[assignment]
    return {(str(line["service"]), metric["Name"]) for told in aws["CloudWatchMetrics"] for metric in told["Metrics"]}
