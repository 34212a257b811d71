"""What the tests of the engine need of AWS, in a few words each."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from itertools import count
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.engine_process import ACCOUNT_ID, REGION, LocalEngine

ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/test"
_numbers = count(1)
_T = TypeVar("_T")


def unique(prefix: str) -> str:
    return f"{prefix}-{next(_numbers)}"


def eventually(ask: Callable[[], _T], within_seconds: float = 10.0) -> _T:
    """The first truthy answer."""
    deadline = time.monotonic() + within_seconds
    while True:
        if answer := ask():
            return answer
        assert time.monotonic() < deadline, f"still {answer!r} after {within_seconds} seconds"
        time.sleep(0.02)


def zipped(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def error_code(call: Callable[[], Any]) -> str:
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "none"


class Cloud:
    """The clients of one engine."""

    def __init__(self, engine: LocalEngine) -> None:
        self.engine = engine
        self._clients: dict[str, Any] = {}
        # Untyped: the service's name is a variable here.
        self._session: Any = boto3.Session()
        self._config = Config(retries={"total_max_attempts": 1}, max_pool_connections=50)

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self._session.client(service, config=self._config, **self.engine.client_options())
        return self._clients[service]

    def function(self, code: str, **options: Any) -> str:
        name = unique("function")
        self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="index.handler",
            Code={"ZipFile": zipped({"index.py": code})},
            **{"Timeout": 10, "Role": ROLE, **options},
        )
        return name

    def invoke(self, name: str, payload: Any = None) -> tuple[str | None, Any]:
        """The function error, if any, and the payload."""
        answer = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(payload))
        return answer.get("FunctionError"), json.loads(answer["Payload"].read())

    def logs(self, function: str) -> list[str]:
        group = f"/aws/lambda/{function}"
        events = self.client("logs").filter_log_events(logGroupName=group)["events"]
        return [event["message"].rstrip("\n") for event in events]

    def table(self, **options: Any) -> str:
        name = unique("table")
        self.client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            **options,
        )
        return name

    def put(self, table: str, pk: str, **numbers: int) -> None:
        item = {"pk": {"S": pk}, **{name: {"N": str(value)} for name, value in numbers.items()}}
        self.client("dynamodb").put_item(TableName=table, Item=item)

    def item(self, table: str, pk: str) -> dict[str, Any]:
        key = {"pk": {"S": pk}}
        return dict(self.client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True).get("Item") or {})

    def queue(self) -> tuple[str, str]:
        """A queue's URL and ARN."""
        name = unique("queue")
        url = self.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        return str(url), f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{name}"

    def receive(self, queue_url: str) -> Any:
        messages = self.client("sqs").receive_message(QueueUrl=queue_url).get("Messages", [])
        return json.loads(messages[0]["Body"]) if messages else None

    def machine(self, states: dict[str, Any], start_at: str, *, role: str = ROLE, **fields: Any) -> str:
        definition = {"QueryLanguage": "JSONata", "StartAt": start_at, "States": states, **fields}
        answer = self.client("stepfunctions").create_state_machine(
            name=unique("machine"), definition=json.dumps(definition), roleArn=role
        )
        return str(answer["stateMachineArn"])

    def start(self, machine: str, name: str | None = None, **execution_input: Any) -> str:
        answer = self.client("stepfunctions").start_execution(
            stateMachineArn=machine, name=name or unique("execution"), input=json.dumps(execution_input)
        )
        return str(answer["executionArn"])

    def describe(self, execution: str) -> dict[str, Any]:
        return dict(self.client("stepfunctions").describe_execution(executionArn=execution))

    def ended(self, execution: str, within_seconds: float = 10.0) -> dict[str, Any]:
        def described() -> dict[str, Any] | None:
            found = self.describe(execution)
            return found if found["status"] != "RUNNING" else None

        return eventually(described, within_seconds) or {}

    def output(self, execution: str, within_seconds: float = 10.0) -> Any:
        found = self.ended(execution, within_seconds)
        assert found["status"] == "SUCCEEDED", found
        return json.loads(found["output"])

    def history(self, execution: str) -> list[dict[str, Any]]:
        pages = self.client("stepfunctions").get_paginator("get_execution_history")
        return [event for page in pages.paginate(executionArn=execution, maxResults=5) for event in page["events"]]

    def entered(self, execution: str) -> list[str]:
        return [
            event["stateEnteredEventDetails"]["name"]
            for event in self.history(execution)
            if event["type"].endswith("StateEntered")
        ]
