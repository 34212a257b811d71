"""Prints the processor time of one warm create of an order, in seconds: the median of many calls in one process.

    python -I -S tests/bench/warm_probe.py MODULE ORDER CODE LAYER RUNTIME

The import path is Lambda's, as for start_probe.py. `ORDER` is the body of a create, as JSON. AWS is away: what is put is kept
here and found again, a counter counts, and all else is taken. The network is what is left out on both sides. Ours logs in, is
counted, and sends an Idempotency-Key with each call.
"""

import base64
import importlib
import itertools
import json
import statistics
import sys
import time
import warnings
from typing import Any

module, body, *path = sys.argv[1:]
sys.path[:] = [*path, *sys.path]
warnings.simplefilter("ignore")

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.httpsession import URLLib3Session

WARM_UP, CALLS = 40, 200
KEPT: dict[str, Any] = {}
COUNTER = itertools.count(1001)


class Context:
    aws_request_id = function_name = invoked_function_arn = function_version = "bench"
    memory_limit_in_mb = 1769

    def get_remaining_time_in_millis(self) -> int:
        return 10_000


class Answer:
    def __init__(self, content: Any) -> None:
        self.content = json.dumps(content).encode()

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self.content


def answered(request: Any) -> Any:
    operation = request.headers["X-Amz-Target"].decode().partition(".")[2]
    asked = json.loads(request.body)
    puts = [write.get("Put") for write in asked.get("TransactItems", ())] if operation == "TransactWriteItems" else []
    for put in puts:
        KEPT[str((put["Item"]["pk"], put["Item"]["sk"]))] = put["Item"]
    if operation == "GetItem":
        found = KEPT.get(str((asked["Key"].get("pk"), asked["Key"].get("sk"))))
        return {"Item": found} if found else {}
    if operation == "UpdateItem":
        return {"Attributes": {"latest": {"N": str(next(COUNTER))}, "n_calls": {"N": "1"}, "data": {"S": "{}"}}}
    return {}


def send(_: Any, request: Any) -> AWSResponse:
    return AWSResponse(request.url, 200, HTTPHeaders(), Answer(answered(request)))


setattr(URLLib3Session, "send", send)  # noqa: B010
started = importlib.import_module(module)


def event_of_the_api() -> dict[str, Any]:
    from lambdas.records.table import RecordTable
    from lambdas.records.users.api_user import ApiUserRecords

    token = ApiUserRecords(RecordTable("records")).add("bench", now=0)
    login = base64.b64encode(f"bench:{token}".encode()).decode()
    return {
        "rawPath": "/order.create",
        "rawQueryString": "",
        "headers": {"authorization": f"Basic {login}", "content-type": "application/json"},
        "requestContext": {"http": {"method": "POST", "sourceIp": "192.0.2.1"}, "requestId": "r", "stage": "$default"},
        "body": body,
        "isBase64Encoded": False,
    }


def event_of_the_cookbook() -> dict[str, Any]:
    return {
        "httpMethod": "POST",
        "path": "/api/orders/",
        "headers": {"content-type": "application/json"},
        "multiValueHeaders": {"content-type": ["application/json"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {"requestId": "r"},
        "isBase64Encoded": False,
    }


is_ours = module == "lambdas.api.handler"
event = event_of_the_api() if is_ours else event_of_the_cookbook()
seconds: list[float] = []
for number in range(WARM_UP + CALLS):
    if is_ours:  # each a new order: one that came before is answered without any work
        event["headers"]["idempotency-key"] = f"order-{number}"
    else:
        event["body"] = json.dumps({"customer_name": f"Ada {number}", "order_item_count": 1})
    begun = time.process_time()
    answer = started.handler(event, Context())
    seconds.append(time.process_time() - begun)
    assert int(answer["statusCode"]) in (200, 201), answer
sys.stderr.write(json.dumps(statistics.median(seconds[WARM_UP:])) + "\n")
