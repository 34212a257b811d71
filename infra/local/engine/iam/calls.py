"""The IAM actions of a request, each with the resource and the condition keys that IAM judges it by.

AWS: the Service Authorization Reference says which resource each action is judged by. A DynamoDB transaction is judged by what
is in it; `dynamodb:LeadingKeys` are the partition keys of the items, or the one a query is for; `Scan` has none. A mail is
judged by the sender's identity and, while the account is in SES's sandbox, by the recipients' too. Answers to a task token
are judged by the machine that waits (tried for https://github.com/aws/aws-cdk/pull/8486).

Pure, like policy.py. A request that is unknown here is refused, because a call that is not judged proves nothing.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from infra.local.engine.iam.path_calls import BY_PATH
from infra.local.engine.iam.place import Place, UnknownCallError
from infra.local.engine.iam.policy import Call

__all__ = ["Place", "UnknownCallError", "calls_of"]

Json = Mapping[str, Any]
_SINGLE = {"GetItem", "PutItem", "UpdateItem", "DeleteItem"}
_IN_TRANSACTION = {"ConditionCheck": "ConditionCheckItem", "Get": "GetItem"}
_OF_STREAMS = {"DescribeStream", "GetShardIterator", "GetRecords"}
_TRANSACTIONS = {"TransactWriteItems", "TransactGetItems"}
_NAMES = re.compile(r"(?<![:\w#])#?(?!(?:AND|OR|NOT|IN|BETWEEN)\b)[A-Za-z_]\w*\b(?!\s*\()")
_EQUALS = re.compile(r"\(?\s*(#?\w+)\s*=\s*(:\w+)")


def calls_of(
    service: str, target: str, place: Place, *, method: str = "POST", path: str = "/", body: bytes = b""
) -> list[Call]:
    """`service`: as signed for; `target`: the header X-Amz-Target, empty where the path says it. Raises UnknownCallError."""
    operation = target.rpartition(".")[2]
    if service in BY_PATH:
        return list(BY_PATH[service](method, unquote(path), body, place))
    if service not in _BY_TARGET:
        raise UnknownCallError(
            f"{service} {operation or method}: infra/local/engine/iam/calls.py does not know the service"
        )
    return list(_BY_TARGET[service](operation, json.loads(body or b"{}"), place))


def _tables_and_streams(operation: str, asked: Json, place: Place) -> Iterator[Call]:
    """Streams are signed for as tables are."""
    if operation in _OF_STREAMS:
        yield Call(f"dynamodb:{operation}", asked.get("StreamArn") or _stream_of(asked["ShardIterator"]))
        return
    yield from _dynamodb(operation, asked, place)


def _dynamodb(operation: str, asked: Json, place: Place) -> Iterator[Call]:
    if operation in _TRANSACTIONS:
        for item in asked["TransactItems"]:
            ((kind, one),) = item.items()
            keys = _leading(one, place) | {"dynamodb:EnclosingOperation": (operation,)}
            yield _on_table(_IN_TRANSACTION.get(kind, f"{kind}Item"), one["TableName"], keys, place)
    elif operation in ("BatchGetItem", "BatchWriteItem"):
        for table, wanted in asked["RequestItems"].items():
            yield _on_table(operation, table, _leading_of_batch(wanted, place), place)
    elif operation in _SINGLE:
        yield _on_table(operation, asked["TableName"], _leading(asked, place), place)
    elif operation == "Query":
        index = f"/index/{asked['IndexName']}" if asked.get("IndexName") else ""
        yield _on_table(operation, asked["TableName"], _leading_of_query(asked) | _part_read(asked), place, index)
    elif operation == "Scan":
        yield _on_table(operation, asked["TableName"], {}, place)
    else:
        raise UnknownCallError(f"dynamodb {operation}: infra/local/engine/iam/calls.py does not know the call")


def _stream_of(iterator: str) -> str:
    """The stream that an iterator of the engine is for."""
    return str(json.loads(base64.urlsafe_b64decode(iterator))["arn"])


def _on_table(operation: str, table: str, keys: dict[str, tuple[str, ...]], place: Place, index: str = "") -> Call:
    arn = table if table.startswith("arn:") else place.arn("dynamodb", f"table/{table}")
    return Call(f"dynamodb:{operation}", arn + index, keys)


def _leading(asked: Json, place: Place) -> dict[str, tuple[str, ...]]:
    key = asked.get("Key") or asked["Item"]
    return {"dynamodb:LeadingKeys": (_value(key[place.partition_key]),)}


def _leading_of_batch(wanted: Any, place: Place) -> dict[str, tuple[str, ...]]:
    if isinstance(wanted, dict):
        keys = wanted["Keys"]
    else:
        keys = [one.get("Key") or one["Item"] for each in wanted for one in each.values()]
    return {"dynamodb:LeadingKeys": tuple(_value(key[place.partition_key]) for key in keys)}


def _leading_of_query(asked: Json) -> dict[str, tuple[str, ...]]:
    """The partition key is the one that is compared by `=` first: the sort key may be, behind it."""
    found = _EQUALS.match(asked["KeyConditionExpression"])
    if found is None:
        raise UnknownCallError("a query whose partition key does not come first")
    return {"dynamodb:LeadingKeys": (_value(asked["ExpressionAttributeValues"][found[2]]),)}


def _part_read(asked: Json) -> dict[str, tuple[str, ...]]:
    """Of a query that asks for some attributes: those, and those it compares, keys included. One that asks for all names none."""
    if "ProjectionExpression" not in asked:
        return {}
    names = asked.get("ExpressionAttributeNames", {})
    expressions = (asked["ProjectionExpression"], asked["KeyConditionExpression"], asked.get("FilterExpression", ""))
    found = {names.get(word, word) for each in expressions for word in _NAMES.findall(each)}
    selected = {"dynamodb:Select": (str(asked["Select"]),)} if "Select" in asked else {}
    return {"dynamodb:Attributes": tuple(sorted(found)), **selected}


def _value(attribute: Json) -> str:
    ((_, value),) = attribute.items()
    return str(value)


def _states(operation: str, asked: Json, place: Place) -> Iterator[Call]:
    if operation == "StartExecution":
        yield Call("states:StartExecution", asked["stateMachineArn"])
    elif operation in ("SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat"):
        # A token that never was one belongs to no machine; Step Functions says so before IAM is asked.
        if machine := place.machine_of(asked["taskToken"]):
            yield Call(f"states:{operation}", machine)
    elif operation in ("DescribeExecution", "StopExecution", "GetExecutionHistory"):
        yield Call(f"states:{operation}", asked["executionArn"])
    elif operation == "ListExecutions":
        yield Call("states:ListExecutions", asked["stateMachineArn"])
    else:
        raise UnknownCallError(f"states {operation}: infra/local/engine/iam/calls.py does not know the call")


def _events(operation: str, asked: Json, place: Place) -> Iterator[Call]:
    for bus in dict.fromkeys(entry.get("EventBusName", "default") for entry in asked["Entries"]):
        arn = bus if bus.startswith("arn:") else place.arn("events", f"event-bus/{bus}")
        yield Call(f"events:{operation}", arn)


def _sqs(operation: str, asked: Json, place: Place) -> Iterator[Call]:
    # A batch is judged by the action of one: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/
    yield Call(f"sqs:{operation.removesuffix('Batch')}", place.arn("sqs", asked["QueueUrl"].rpartition("/")[2]))


def _of_one(service: str, kind: str, named: str) -> Callable[[str, Json, Place], Iterator[Call]]:
    def calls(operation: str, asked: Json, place: Place) -> Iterator[Call]:
        name = asked.get(named, "")
        yield Call(f"{service}:{operation}", name if name.startswith("arn:") else place.arn(service, f"{kind}{name}"))

    return calls


_BY_TARGET: dict[str, Callable[[str, Json, Place], Iterator[Call]]] = {
    "dynamodb": _tables_and_streams,
    "states": _states,
    "events": _events,
    "sqs": _sqs,
    "secretsmanager": _of_one("secretsmanager", "secret:", "SecretId"),
    "ssm": _of_one("ssm", "automation-execution/", "AutomationExecutionId"),
}
