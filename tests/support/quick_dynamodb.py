"""moto's DynamoDB, asked from within: the way of a request through HTTP costs more than what it asks for.

botocore lets whoever hears `before-call` answer in the place of the service. What it has made of the parameters goes to the
method of moto that the request would have come to; it reads, judges and writes as ever. Left out are signature, addresses,
headers, and the models' way into JSON and back: an item is written the same in the request, in moto and in the answer.
Errors and most of what is about tables still come through both ends' models. tests/unit/test_quick_dynamodb.py holds the two
ways side by side.
"""

import json
import re
from types import SimpleNamespace
from typing import Any

from botocore.endpoint import Endpoint
from botocore.handlers import BUILTIN_HANDLERS
from botocore.model import OperationModel
from botocore.parsers import create_parser
from moto.core.models import botocore_stubber
from moto.core.responses import ActionResult
from moto.dynamodb.models.utilities import dynamo_to_dict
from moto.dynamodb.responses import DynamoHandler, DynamoResult

ACCOUNT = "123456789012"
_WRITTEN_ALIKE = frozenset(
    {
        "BatchGetItem",
        "BatchWriteItem",
        "CreateTable",
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateItem",
    }
)
_BYTES = re.compile(rb'"BS?": ')  # have another form in JSON than in moto
_add_modeled_fields: Any = vars(Endpoint)["_add_modeled_error_fields"]


def answer_from_within() -> None:
    """For clients that are made from now on."""
    if (hook := ("before-call.dynamodb", answer)) not in BUILTIN_HANDLERS:
        BUILTIN_HANDLERS.append(hook)


def through_http(client: Any) -> Any:
    """The same client, for a test of what goes over the wire."""
    client.meta.events.unregister("before-call.dynamodb", answer)
    return client


class _Handler(DynamoHandler):
    """Of one request."""

    answered: dict[str, Any] | None = None

    def __init__(self, name: str, request: dict[str, Any], region: str) -> None:
        super().__init__()
        self._name = name
        self.params = json.loads(request["body"])
        self.headers, self.response_headers = request["headers"], {}
        self.region, self.current_account = region, ACCOUNT

    def _get_action(self) -> str:
        return self._name

    def serialized(self, action_result: ActionResult) -> Any:
        if self._name not in _WRITTEN_ALIKE or isinstance(action_result.result, Exception):
            return super().serialized(action_result)
        made: Any = action_result.result
        self.answered = made if isinstance(action_result, DynamoResult) else dynamo_to_dict(made)  # both are copies
        return 200, {}, ""


def answer(model: OperationModel, params: dict[str, Any], context: dict[str, Any], **_: Any) -> Any:
    """As botocore expects it from who answers; None where the request has to go the long way."""
    if not botocore_stubber.enabled or _BYTES.search(params["body"]):
        return None
    handler = _Handler(model.name, params, context["client_region"])
    status, headers, body = handler.call_action()
    if handler.answered is None:
        return SimpleNamespace(status_code=status), _parsed(model, int(status), headers, body)
    return SimpleNamespace(status_code=200), _as_told(model, handler.answered)


def _as_told(model: OperationModel, answered: dict[str, Any]) -> dict[str, Any]:
    """As the model has it."""
    known: Any = model.output_shape
    told = {name: answered[name] for name in known.members if answered.get(name) is not None}
    return {**told, "ResponseMetadata": {"HTTPStatusCode": 200, "RetryAttempts": 0}}


def _parsed(model: OperationModel, status: int, headers: dict[str, str], body: str) -> dict[str, Any]:
    answer = {"status_code": status, "headers": headers, "body": body.encode()}
    parser = create_parser(model.service_model.resolved_protocol)
    shape: Any = model.output_shape
    parsed: dict[str, Any] = parser.parse(answer, shape)
    if status >= 300:
        _add_modeled_fields(None, answer, parsed, model, parser)
    return parsed
