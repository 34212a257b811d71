"""Everything that the engine keeps, read by the services' own APIs, and each by the place where it stands."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from infra.local.stack import STACK
from tests.flow.conftest import Shop, as_text

Kept = tuple[str, str]
"""A place, and a text that stands there."""


@dataclass(frozen=True)
class EverythingKept:
    """`since`: what is older is passed over where the service says how old it is. `events`: the queue of `keep_events`."""

    shop: Shop
    since: datetime
    events: str

    def places_of(self, word: str) -> dict[str, str]:
        """Where the word stands, whatever separates its letters and digits, each place with words around it."""
        found = ((place, _plain(text)) for place, text in self._all())
        return {place: text[max(0, text.index(word) - 80) :][:160] for place, text in found if word in text}

    def _all(self) -> Iterator[Kept]:
        names = self._names()
        yield from self._items(names)
        yield from self._messages(names)
        yield from self._log_lines()
        yield from self._executions()
        yield from self._objects(names)
        yield from self._metrics()
        yield from self._mails()

    def _items(self, names: dict[str, str]) -> Iterator[Kept]:
        """By table; those of orders and records by the first word of their sort key too."""
        told_apart = (self.shop.stack.order_table, self.shop.stack.record_table)
        for table in self._pages("dynamodb", "list_tables", "TableNames"):
            for item in self._pages("dynamodb", "scan", "Items", TableName=table):
                kind = item["sk"]["S"].partition("#")[0] if table in told_apart else ""
                yield f"table {names.get(table, table)} {kind}".strip(), as_text(item)

    def _messages(self, names: dict[str, str]) -> Iterator[Kept]:
        """Of all queues, those being worked on included; none is taken."""
        told = httpx.get(f"{self.shop.stack.endpoint_url}/_ministack/sqs/messages", timeout=60).json()
        for name, queue in _queues(told):
            yield f"queue {names.get(name, name)}", as_text(queue)

    def _log_lines(self) -> Iterator[Kept]:
        begun = int(self.since.timestamp() * 1000)
        for group in self._pages("logs", "describe_log_groups", "logGroups"):
            name = group["logGroupName"]
            for event in self._pages("logs", "filter_log_events", "events", logGroupName=name, startTime=begun):
                yield f"log {name}", event["message"]

    def _executions(self) -> Iterator[Kept]:
        for machine in self.shop.stack.machines.values():
            for found in self._pages("stepfunctions", "list_executions", "executions", stateMachineArn=machine):
                if found["startDate"] >= self.since:
                    arn = found["executionArn"]
                    yield "execution", as_text(self.shop.step_functions.describe_execution(executionArn=arn))
                    history = self._pages("stepfunctions", "get_execution_history", "events", executionArn=arn)
                    yield "execution's history", as_text(list(history))

    def _objects(self, names: dict[str, str]) -> Iterator[Kept]:
        s3 = self.shop.client("s3")
        for bucket in (each["Name"] for each in s3.list_buckets()["Buckets"]):
            for found in self._pages("s3", "list_objects_v2", "Contents", Bucket=bucket):
                if found["LastModified"] >= self.since:
                    body = s3.get_object(Bucket=bucket, Key=found["Key"])
                    text = body.pop("Body").read().decode(errors="replace")
                    yield f"bucket {names.get(bucket, bucket)}", found["Key"] + as_text(body) + text

    def _metrics(self) -> Iterator[Kept]:
        for metric in self._pages("cloudwatch", "list_metrics", "Metrics"):
            yield "metric", as_text(metric)

    def _mails(self) -> Iterator[Kept]:
        told = httpx.get(f"{self.shop.stack.endpoint_url}/_ministack/ses/messages", timeout=60).json()["messages"]
        for mail in (mail for mails in told.values() for mail in mails):
            yield "mail", as_text(mail)

    def _names(self) -> dict[str, str]:
        """What the app calls its resources, without the hash behind it."""
        found = self.shop.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
        return {each["PhysicalResourceId"].rpartition("/")[2]: each["LogicalResourceId"][:-8] for each in found}

    def _pages(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[Any]:
        for page in self.shop.client(service).get_paginator(operation).paginate(**parameters):
            yield from page.get(key, ())


def _queues(told: Any) -> Iterator[tuple[str, Any]]:
    for regions in told["messages"].values():
        for queues in regions.values():
            for url, messages in queues.items():
                yield url.rpartition("/")[2], messages


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def keep_events(shop: Shop, name: str) -> None:
    """Have a queue of its own keep every event of the default bus and of the orders'."""
    sqs, events = shop.client("sqs"), shop.client("events")
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = json.dumps({"source": [{"prefix": ""}]})
    for bus in ("default", shop.stack.event_bus):
        events.put_rule(Name=name, EventBusName=bus, EventPattern=pattern)
        events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "1", "Arn": arn}])
