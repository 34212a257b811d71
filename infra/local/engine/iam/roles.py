"""Functions and machines may do what their roles allow, and nothing else.

AWS: a function calls with the credentials of its role, a machine with those of its own; what no statement allows is refused
with `AccessDeniedException`. An event source mapping whose function may not read the source cannot be made.
The engine allows every call. Here each call of a function or machine whose role was deployed is judged
(calls.py, policy.py) and counted (judge.py); `GET /_orderq/permissions` lists judged and refused calls, and the
statements that allowed them. Roles that are not deployed (tests name some) are not judged, nor are calls from outside.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
"""

import contextvars
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc, stepfunctions
from ministack.services.cloudformation import provisioners

from infra.local.engine.iam import calls
from infra.local.engine.iam.judge import Judge, RefusedError, refusal
from infra.local.engine.iam.policy import Call
from infra.local.engine.patching import rewrite, wrap

REPORT_PATH = "/_orderq/permissions"
_CREDENTIAL = re.compile(r"Credential=([^/]+)/[^/]+/[^/]+/([^/]+)/")
_FROM_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_FROM_STREAM = ("dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream")
_machine: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar("orderq_machine", default=None)
_token_machines: dict[str, str] = {}

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


JUDGE = Judge()


def apply() -> None:
    """Give functions credentials of their own, and judge what functions, machines and mappings ask for."""
    rewrite(
        lambda_runtime.Worker,
        "_spawn",
        (
            "spawn_env.update(execution_credentials(self.config))",
            "spawn_env.update(_orderq_credentials(self.config))",
        ),
        _orderq_credentials=credentials,
    )
    wrap(stepfunctions, "_execute_task", _of_machine)
    wrap(stepfunctions, "_invoke_resource", _judged_machine)
    wrap(stepfunctions, "_invoke_with_callback", _remembering_token)
    rewrite(
        provisioners,
        "_lambda_esm_create",
        ("    esm_id = new_uuid()\n", "    esm_id = new_uuid()\n    _orderq_check_mapping(func_name, props)\n"),
        _orderq_check_mapping=check_mapping,
    )


def credentials(config: dict[str, Any]) -> dict[str, str]:
    """The access key id is the function's name, by which its calls are known."""
    name = str(config["FunctionName"])
    return {"AWS_ACCESS_KEY_ID": name, "AWS_SECRET_ACCESS_KEY": "not-a-secret", "AWS_SESSION_TOKEN": ""}


def judging(application: Application) -> Application:
    """The engine's gateway, with each call of a function judged before it is served."""

    async def serve(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == REPORT_PATH:
            await _answer(send, 200, {"Content-Type": "application/json"}, json.dumps(JUDGE.report()).encode())
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope.get("headers", ())}
        signed = _CREDENTIAL.search(headers.get("authorization", ""))
        role = _role_of(signed[1]) if signed and scope["type"] == "http" else None
        if signed is None or role is None:
            await application(scope, receive, send)
            return
        body = await _body(receive)
        try:
            request = {"method": scope["method"], "path": scope["path"], "body": body}
            for call in calls.calls_of(signed[2], headers.get("x-amz-target", ""), _place(), **request):
                JUDGE.check(role, signed[1], call)
        except (RefusedError, calls.UnknownCallError) as refused:
            await _answer(send, *refusal(signed[2], str(refused)))
            return
        await application(scope, _again(body, receive), send)

    return serve


def _role_of(function: str) -> str | None:
    record = lambda_svc._functions.get(function)
    return str(record["config"]["Role"]) if record else None


def _place() -> calls.Place:
    return calls.Place(get_region(), get_account_id(), lambda token: _token_machines.get(token, ""))


async def _body(receive: Receive) -> bytes:
    chunks, more = [], True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)
    return b"".join(chunks)


def _again(body: bytes, receive: Receive) -> Receive:
    """The bytes read before, then the rest of the stream."""
    told = False

    async def replay() -> dict[str, Any]:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _answer(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def _of_machine(original: Callable[..., Any]) -> Callable[..., Any]:
    def execute(state: Any, raw_input: Any, execution: dict[str, Any], ctx: Any) -> Any:
        machine = stepfunctions._state_machines.get(execution.get("stateMachineArn", ""))
        known = _machine.set(machine)
        try:
            return original(state, raw_input, execution, ctx)
        finally:
            _machine.reset(known)

    return execute


def _judged_machine(original: Callable[..., Any]) -> Callable[..., Any]:
    def invoke(resource: str, arguments: Any) -> Any:
        if machine := _machine.get():
            try:
                for call in _calls_of_state(resource, arguments):
                    JUDGE.check(machine["roleArn"], machine["name"], call)
            except RefusedError as refused:
                service = "Lambda.AWSLambdaException" if ":lambda:" in resource else "DynamoDb.DynamoDbException"
                raise stepfunctions._ExecutionError(service, str(refused)) from None
        return original(resource, arguments)

    return invoke


def _calls_of_state(resource: str, arguments: Any) -> list[Call]:
    kind = resource.removeprefix("arn:aws:states:::").removesuffix(".waitForTaskToken").removesuffix(".sync")
    if kind == "lambda:invoke":
        path = f"/2015-03-31/functions/{arguments['FunctionName']}/invocations"
        return calls.calls_of("lambda", "", _place(), path=path)
    if kind.startswith("aws-sdk:dynamodb:"):
        operation = kind.rpartition(":")[2]
        target = f"DynamoDB_20120810.{operation[0].upper()}{operation[1:]}"
        return calls.calls_of("dynamodb", target, _place(), body=json.dumps(arguments).encode())
    raise RefusedError(f"{resource}: infra/local/engine/iam/roles.py does not know what it asks of IAM")


def _remembering_token(original: Callable[..., Any]) -> Callable[..., Any]:
    def invoke(resource: str, arguments: Any, token: str, state: Any) -> Any:
        if machine := _machine.get():
            _token_machines[token] = machine["stateMachineArn"]
        return original(resource, arguments, token, state)

    return invoke


def check_mapping(function: str, properties: dict[str, Any]) -> None:
    """Raises RefusedError unless the function may read the source, and send to where failures go."""
    role, source = _role_of(function), str(properties["EventSourceArn"])
    if role is None:
        return
    stream = ":dynamodb:" in source
    for action in _FROM_STREAM if stream else _FROM_QUEUE:
        JUDGE.check(role, function, Call(action, source))
    if stream:
        JUDGE.check(role, function, Call("dynamodb:ListStreams", "*"))
    if failures := (properties.get("DestinationConfig") or {}).get("OnFailure"):
        JUDGE.check(role, function, Call("sqs:SendMessage", str(failures["Destination"])))
