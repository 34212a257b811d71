"""Starts one function in this process and prints the processor time of its start and of its first call, in seconds.

    python -I -S tests/bench/start_probe.py MODULE CODE LAYER RUNTIME

The import path is Lambda's: the code, the layer, what the runtime ships. AWS is away: its tables have nothing in
them but a counter.
"""

import base64
import importlib
import json
import sys
import time
import warnings
from typing import Any

module, *path = sys.argv[1:]
sys.path[:] = [*path, *sys.path]
warnings.simplefilter("ignore")


class Context:
    aws_request_id = function_name = invoked_function_arn = function_version = "bench"
    memory_limit_in_mb = 512

    def get_remaining_time_in_millis(self) -> int:
        return 10_000


LOGIN = base64.b64encode(b"nobody:nothing").decode()
HTTP = {"method": "POST", "sourceIp": "192.0.2.1"}
EVENTS: dict[str, dict[str, Any]] = {
    "lambdas.api.handler": {
        "rawPath": "/order.create",
        "rawQueryString": "",
        "headers": {"authorization": f"Basic {LOGIN}", "content-type": "application/json"},
        "requestContext": {"http": HTTP, "requestId": "r", "stage": "$default"},
        "body": "{}",
        "isBase64Encoded": False,
    },
    "tests.bench.cookbook": {
        "httpMethod": "POST",
        "path": "/api/orders/",
        "headers": {"content-type": "application/json"},
        "multiValueHeaders": {"content-type": ["application/json"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {"requestId": "r"},
        "body": "{}",
        "isBase64Encoded": False,
    },
}

begun = time.process_time()
started = importlib.import_module(module)
start_seconds = time.process_time() - begun

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.httpsession import URLLib3Session


class Counted:
    """What an update of a counter answers; a read finds nothing in it."""

    def stream(self, *_: Any, **__: Any) -> Any:
        yield b'{"Attributes": {"pk": {"S": "1001"}, "count": {"N": "1"}}}'


setattr(URLLib3Session, "send", lambda _, request: AWSResponse(request.url, 200, HTTPHeaders(), Counted()))  # noqa: B010
begun = time.process_time()
try:
    answer = started.handler(EVENTS.get(module, {"order_id": "1001", "action_id": 103}), Context())
    said = str(answer["statusCode"])
except Exception as error:  # noqa: BLE001 - an action answers with its error's name
    said = type(error).__name__
call_seconds = time.process_time() - begun
sys.stderr.write(json.dumps({"said": said, "start": start_seconds, "call": call_seconds}) + "\n")
