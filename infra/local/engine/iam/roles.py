"""Functions and machines may do what their roles allow, and nothing else.

AWS: a function calls with the credentials of its role, a machine with those of its own; what no statement allows is refused
with `AccessDeniedException`. An event source mapping whose function may not read the source cannot be made.
The engine lets everybody do everything. Here each call of a function or machine whose role was deployed is judged
(iam_calls.py, iam_policy.py) and counted; `GET /_orderq/permissions` says what was judged, what was refused, and which
statements were used for what. Roles that nobody made (tests name some) are not judged, nor is who calls from outside.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
"""

import contextvars
import functools
import json
import re
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam, lambda_svc, stepfunctions
from ministack.services.cloudformation import provisioners

from infra.local.engine.iam import calls
from infra.local.engine.iam.policy import Call, Statement, allowing, several
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


class RefusedError(Exception):
    """The role does not allow the call; the message is IAM's."""


class Judge:
    """Judges calls by role name, and remembers what came of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._judged: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._used: set[tuple[str, str, str]] = set()

    def check(self, role_arn: str, who: str, call: Call) -> None:
        """Raises RefusedError. A role that was not deployed may do everything."""
        name = role_arn.rpartition("/")[2]
        role = iam._roles.get(name)
        if role is None:
            return
        found = allowing(_statements(role), call)
        with self._lock:
            self._judged[name] += 1
            if found is not None:
                self._used.add((name, call.action, _resources(found)))
                return
            said = (
                f"User: arn:aws:sts::{get_account_id()}:assumed-role/{name}/{who} is not authorized to perform: {call.action} "
                f"on resource: {call.resource} because no identity-based policy allows the {call.action} action"
            )
            self._refused[said] += 1
        raise RefusedError(said)

    def report(self) -> dict[str, Any]:
        """`judged`: calls by role. `refused`: calls by message. `used`, `granted`: role, action, resources.

        Logs and traces, which Lambda and Step Functions write with a role on their own, are left out.
        """
        granted = {
            (role["RoleName"], action, _resources(statement))
            for role in iam._roles.values()
            for statement in _statements(role)
            for action in several(statement["Action"])
            if not action.startswith(("logs:", "xray:"))
            and "Service" in json.loads(role["AssumeRolePolicyDocument"])["Statement"][0]["Principal"]
        }
        with self._lock:
            said = {"judged": dict(self._judged), "refused": dict(self._refused), "used": sorted(self._used)}
        return said | {"granted": sorted(granted)}


def _statements(role: dict[str, Any]) -> list[Statement]:
    return [one for document in role["InlinePolicies"].values() for one in _read(document)["Statement"]]


@functools.lru_cache(maxsize=512)
def _read(document: str) -> dict[str, Any]:
    return dict(json.loads(document))


def _resources(statement: Statement) -> str:
    return " ".join(sorted(each.rpartition(":")[2] for each in several(statement["Resource"])))


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
            await _answer(send, *_refusal(signed[2], str(refused)))
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


def _refusal(service: str, said: str) -> tuple[int, dict[str, str], bytes]:
    """As the protocol of the service says it."""
    kind = "AccessDeniedException"
    if service == "s3":
        xml = f"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>{said}</Message></Error>"
        return 403, {"Content-Type": "application/xml"}, xml.encode()
    status = 403 if service in ("lambda", "ses") else 400
    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-errortype": kind}
    return status, headers, json.dumps({"__type": kind, "message": said, "Message": said}).encode()


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
