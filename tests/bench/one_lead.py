"""What a lead costs that somebody begins on a form and never comes back to: its first page, its thirty days, its end."""

import json
import time
from typing import Any

import boto3
import httpx

from tests.bench.metered import Metered
from tests.bench.place import Place, Runs, Spent
from tests.bench.row import Row
from tests.flow.doors.test_forms import Visitor

CALLS = 3  # the page, the page sent, and the one it leads to
TOLD = 2  # OrderCreated and OrderCanceled


def one_lead(place: Place) -> list[Row]:
    _begin(place)  # starts the workers
    _end_time_of(place, _newest_of(place))
    _sweep(place)
    before = _executions(place)
    of_begin = place.spent(lambda: _begin(place))
    begun = _newest_of(place)
    of_empty_sweep = place.spent(lambda: _sweep(place))
    _end_time_of(place, begun)
    place.settle()
    of_end = place.spent(lambda: _sweep(place))
    assert _step_of(place, begun) == "3", "the lead did not end"
    started = _executions(place) - before
    used, ran = _together(of_begin, of_end, less=of_empty_sweep)
    spent = Spent(used, ran, calls=CALLS, told=TOLD)
    return [
        Row("executions that a lead starts, which nobody submits", str(started), "0", started == 0),
        *(
            Row(f"  {what}", f"{units:.4g} = ${units * each * 1e6:.2f} a million leads", "", True)
            for what, (units, each) in spent.units().items()
        ),
        Row("list price of an abandoned lead", f"${spent.price:.6f}", "", True),
    ]


def _begin(place: Place) -> None:
    with httpx.Client(base_url=place.stack.api_url, timeout=60, follow_redirects=True) as http:
        Visitor(http).open("/forms/hosting").send(plan="1:12", email="nobody@seaside.internal")
    place.settle()


def _newest_of(place: Place) -> str:
    """The number of the latest order."""
    dynamodb: Any = boto3.client("dynamodb", **place.engine.client_options())
    pages = dynamodb.get_paginator("scan").paginate(TableName=place.stack.order_table, ProjectionExpression="pk")
    keys = {item["pk"]["S"] for page in pages for item in page["Items"]}
    return str(max((key for key in keys if key.isdecimal()), key=int))


def _together(
    begin: tuple[Metered, Runs], end: tuple[Metered, Runs], *, less: tuple[Metered, Runs]
) -> tuple[Metered, Runs]:
    """Without what a sweep costs that finds nothing: that is a price of the stage, not of a lead."""
    runs: Runs = {}
    for _, ran in (begin, end):
        for name, times in ran.items():
            runs.setdefault(name, []).extend(() if ran is end[1] and "Sweeper" in name else times)
    return Metered(
        requests=begin[0].requests + end[0].requests - less[0].requests,
        table_units=begin[0].table_units + end[0].table_units - less[0].table_units,
        index_units=begin[0].index_units + end[0].index_units - less[0].index_units,
        read_units=begin[0].read_units + end[0].read_units - less[0].read_units,
        model_units=begin[0].model_units + end[0].model_units - less[0].model_units,
    ), runs


def _executions(place: Place) -> int:
    """Of all machines, ended ones too."""
    step_functions: Any = boto3.client("stepfunctions", **place.engine.client_options())
    return sum(
        len(step_functions.list_executions(stateMachineArn=arn)["executions"]) for arn in place.stack.machines.values()
    )


def _end_time_of(place: Place, order_id: str) -> None:
    """Its thirty days are over."""
    boto3.client("dynamodb", **place.engine.client_options()).update_item(
        TableName=place.stack.order_table,
        Key={"pk": {"S": order_id}, "sk": {"S": "order"}},
        UpdateExpression="SET lead_ends_at = :past, due_at = :past, revision = revision + :one",
        ConditionExpression="attribute_exists(lead_ends_at)",
        ExpressionAttributeValues={":past": {"N": str(int(time.time()) - 60)}, ":one": {"N": "1"}},
    )


def _step_of(place: Place, order_id: str) -> str:
    item = boto3.client("dynamodb", **place.engine.client_options()).get_item(
        TableName=place.stack.order_table, Key={"pk": {"S": order_id}, "sk": {"S": "order"}}
    )["Item"]
    return str(next(iter(item["step_status"].values())))


def _sweep(place: Place) -> None:
    functions: Any = boto3.client("lambda", **place.engine.client_options())
    name = next(f["FunctionName"] for f in functions.list_functions()["Functions"] if "sweeper" in f["Handler"])
    answer = functions.invoke(FunctionName=name, Payload=b"{}")
    assert "FunctionError" not in answer, json.loads(answer["Payload"].read())
    place.settle()
