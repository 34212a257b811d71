"""What a receiver of webhooks sees and what its answers do, over real HTTP to this machine."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, cast

import pytest
from pydantic import ValidationError

from lambdas.actions import call_webhook
from lambdas.actions._frame.module import PermanentError, ThrottledError, Tools, TransientError
from lambdas.actions._frame.paused import ActionWaits
from lambdas.actions._frame.run import run_action
from lambdas.actions._frame.undo import undo_action
from lambdas.actions._frame.webhook import MAX_ANSWER_BYTES, signature
from lambdas.actions.call_webhook import CallWebhookConfig, module
from lambdas.orders.decisions import progress
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.packs import PricedPack
from lambdas.runtime.telemetry import metrics
from tests.support.build import CARD, CONTACT, NOW, Clock, a_queue, a_submitted_order
from tests.support.fakes import InMemoryOrderStore

SECRET = "s3cret"
ACTION, TWIN = 201, 202
PACK = PricedPack(
    pack="pack1", plan_id="2", title="Server", description="", quantity=1, period=1, options={"31": "101"},
    setup_cents=0, recurring_cents=24800,
)  # fmt: skip


@dataclass
class Receiver:
    """Answers what it is told to; remembers what it was sent."""

    status: int = 200
    body: bytes = b'{"status": "done"}'
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    def url(self, path: str = "/orders", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def says(self, status: int, content: Any = None, **headers: str) -> None:
        self.status, self.headers = status, headers
        self.body = content if isinstance(content, bytes) else json.dumps(content).encode()

    @property
    def keys(self) -> list[str]:
        return [headers["Idempotency-Key"] for _, headers, _ in self.got]

    def content(self, index: int = -1) -> dict[str, Any]:
        return dict(json.loads(self.got[index][2]))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.got.append((self.path, dict(self.headers), body))
            with suppress(ConnectionError):
                self.send_response(told.status)
                for name, value in {"Content-Length": str(len(told.body)), **told.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(told.body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.port = server.server_port
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield told
        server.shutdown()
        thread.join()


class Context:
    aws_request_id = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


@dataclass
class Desk:
    """An order in front of its webhook action."""

    store: InMemoryOrderStore = field(default_factory=InMemoryOrderStore)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.tools = Tools(self.store, cast(Any, None), cast(Any, None), self.clock)

    def order(self, *configs: dict[str, Any], **info: Any) -> None:
        actions = [
            {"id": ACTION + index, "name": "Call", "module": "call_webhook", "automatic": True, "config": config}
            for index, config in enumerate(configs)
        ]
        steps = [
            {"id": 1, "name": "Leads"},
            {"id": 2, "name": "Processing", "actions": actions},
            {"id": 3, "name": "Complete"},
            {"id": 4, "name": "Canceled"},
        ]
        order = a_submitted_order(
            a_queue(steps=steps), info={**CONTACT, **CARD, **info}, priced=(PACK,), client_id="101"
        )
        self.store.create(order, [], NOW)

    def run(self, action_id: int = ACTION) -> None:
        run_action(module, "1001", action_id, Context(), self.tools)

    def waits(self) -> str:
        with pytest.raises(ActionWaits):
            self.run()
        return self.action().reason

    def ask(self, **given: Any) -> None:
        asked = self.action().changed(by="panel", input=given, requested_at=NOW)
        self.store.save(self.store.get("1001").with_action(asked))

    def cancel(self) -> None:
        self.store.save(progress.canceled(self.store.get("1001"), now=NOW, because="test"))

    def undo(self) -> bool:
        return bool(undo_action(module, "1001", ACTION, self.tools)["undone"])

    def action(self) -> ChecklistAction:
        return self.store.get("1001").actions[str(ACTION)]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("STAGE", "local")
    monkeypatch.setenv("WEBHOOK_HOSTS", "panel.example.com, 127.0.0.1")
    monkeypatch.setenv("WEBHOOK_SECRET_ARN", "arn:secret")
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "true")
    metrics.clear_metrics()  # as the handler does after each run; powertools gives up at a hundred
    monkeypatch.setattr(call_webhook, "secret_text", {"arn:secret": SECRET}.__getitem__)
    return Desk()


def test_the_receiver_learns_what_it_needs_and_nothing_personal(desk: Desk, receiver: Receiver) -> None:
    desk.order({"url": receiver.url(), "fields": ["domain", "absent"]}, domain="ada.test")
    desk.run()

    assert receiver.content() == {
        "order_id": "1001",
        "order_action_id": ACTION,
        "module": "call_webhook",
        "client_id": "101",
        "packs": [PACK.model_dump(mode="json")],
        "fields": {"domain": "ada.test"},
        "callback": {
            "method": "order.process",
            "order_id": "1001",
            "order_action_id": ACTION,
            "input": {"status": "done | failed", "reason": "why it failed", "result": {}},
        },
    }
    assert not [word for word in ("Lovelace", "ada@", "tok_approve", "4242") if word.encode() in receiver.got[0][2]]


class Codes:
    """The records of authorisation codes, as the module reads them."""

    def __init__(self, **codes: str) -> None:
        self._rows = {
            f"transfer_code#{reference}": {"code": code, "name": "ada.test", "expires_at": NOW + 60}
            for reference, code in codes.items()
        }

    def get(self, pk: str, sk: str) -> dict[str, Any] | None:
        return self._rows.get(pk)


def _transfer(desk: Desk, receiver: Receiver, description: str = "ada.test", **config: Any) -> None:
    desk.tools = replace(desk.tools, records=cast(Any, Codes(r1="s3cr3t-code")))
    desk.order({"url": receiver.url(), **config}, pack1={"plan_id": "6", "auth_code": "kept:r1"})
    moved = PACK.changed(plan_id="6", description=description)
    desk.store.save(desk.store.get("1001").changed(priced=(moved,)))


def test_the_registrar_gets_the_code_of_a_transfer_and_the_order_never_has_it(desk: Desk, receiver: Receiver) -> None:
    _transfer(desk, receiver, transfer_codes=True)
    receiver.says(200, {"status": "done", "reason": "moved by s3cr3t-code", "result": {"code": "s3cr3t-code"}})
    desk.run()

    assert receiver.content()["packs"][0]["auth_code"] == "s3cr3t-code"
    assert "s3cr3t-code" not in desk.store.get("1001").model_dump_json()
    assert desk.action().reason == "done by the receiver: moved by …"


def test_a_registrar_that_answers_later_leaves_no_code_on_the_order_either(desk: Desk, receiver: Receiver) -> None:
    _transfer(desk, receiver, transfer_codes=True)
    receiver.says(202, None)
    desk.waits()
    desk.ask(status="done", reason="moved by s3cr3t-code", result={"s3cr3t-code": "used s3cr3t-code"})
    desk.run()

    assert desk.action().reason == "done by the receiver: moved by …"
    assert "s3cr3t-code" not in desk.store.get("1001").model_dump_json()


@pytest.mark.parametrize("code", ["done", "status", "e", "result"])
def test_a_code_that_is_a_word_of_the_answer_changes_no_outcome(desk: Desk, receiver: Receiver, code: str) -> None:
    """Its buyer chose it: the work that the registrar did must not look undone."""
    _transfer(desk, receiver, transfer_codes=True)
    desk.tools = replace(desk.tools, records=cast(Any, Codes(r1=code)))
    receiver.says(200, {"status": "done", "result": {"ticket": 7}})
    desk.run()

    assert desk.action().state is ActionState.DONE
    assert desk.action().result["ticket"] == 7


def test_nobody_else_gets_the_code(desk: Desk, receiver: Receiver) -> None:
    _transfer(desk, receiver)
    desk.run()

    assert b"s3cr3t-code" not in receiver.got[0][2]
    assert b"kept:" not in receiver.got[0][2]


@pytest.mark.parametrize("description", ["other.test", ""])
def test_a_code_that_is_over_or_of_another_name_waits_for_the_client(
    desk: Desk, receiver: Receiver, description: str
) -> None:
    _transfer(desk, receiver, description, transfer_codes=True)
    with pytest.raises(PermanentError, match=r"set info\.pack1\.auth_code by order\.update"):
        desk.run()
    assert receiver.got == []


def test_every_call_is_signed_and_keyed(desk: Desk, receiver: Receiver) -> None:
    desk.order({"url": receiver.url()})
    desk.run()
    path, headers, body = receiver.got[0]
    digest = hmac.new(SECRET.encode(), f"{NOW}.".encode() + body, hashlib.sha256).hexdigest()

    assert path == "/orders"
    assert headers["X-Order-Signature"] == f"t={NOW},v1={digest}" == signature(SECRET, NOW, body)
    assert headers["Idempotency-Key"] == f"1001:{ACTION}"
    assert headers["Content-Type"] == "application/json"


def test_done_is_done_and_its_result_is_kept(desk: Desk, receiver: Receiver) -> None:
    desk.order({"url": receiver.url()})
    receiver.says(
        200, {"status": "done", "reason": "made", "result": {"account": "acc-7", "disk": 20, "deep": {"x": 1}}}
    )
    desk.run()

    assert (desk.action().state, desk.action().reason) == (ActionState.DONE, "done by the receiver: made")
    assert desk.action().result == {"account": "acc-7", "disk": 20}


def test_what_it_says_of_people_is_not_kept(desk: Desk, receiver: Receiver) -> None:
    desk.order({"url": receiver.url()})
    said = {
        "login": "ada",
        "note": "for Ada Lovelace <ada@example.com>",
        "LOVELACE": "x",
        "long": "y" * 999,
        "big": 10**20,
    }
    receiver.says(200, {"status": "done", "reason": "Hello lovelace,\nADA@example.com", "result": said})
    desk.run()

    assert desk.action().reason == "done by the receiver: Hello [personal], [address]"
    assert desk.action().result == {
        "login": "[personal]",
        "note": "for [personal] [personal] <[address]>",
        "[personal]": "x",
        "long": "y" * 200,
        "big": str(10**20),
    }


@pytest.mark.parametrize(
    ("status", "content", "reason"),
    [
        (200, {"status": "wait", "reason": "in the queue"}, "the receiver is at work: in the queue"),
        (202, None, "the receiver is at work and will answer with order.process"),
        (202, b"", "the receiver is at work and will answer with order.process"),
    ],
)
def test_it_may_take_its_time(desk: Desk, receiver: Receiver, status: int, content: Any, reason: str) -> None:
    desk.order({"url": receiver.url()})
    receiver.says(status, content)

    assert desk.waits() == reason
    assert desk.action().state is ActionState.WAITING


def test_it_answers_later_without_being_called_again(desk: Desk, receiver: Receiver) -> None:
    desk.order({"url": receiver.url()})
    receiver.says(202)
    desk.waits()
    desk.ask(status="done", result={"account": "acc-7"})
    desk.run()

    assert (desk.action().state, desk.action().result) == (ActionState.DONE, {"account": "acc-7"})
    assert len(receiver.got) == 1


def test_it_may_say_later_that_it_failed_and_be_called_again(desk: Desk, receiver: Receiver) -> None:
    desk.order({"url": receiver.url()})
    receiver.says(202)
    desk.waits()
    desk.ask(status="failed", reason="no disk left")
    with pytest.raises(PermanentError, match="could not do it: no disk left; resolve it there"):
        desk.run()
    receiver.says(200, {"status": "done"})
    desk.ask()
    desk.run()

    assert desk.action().state is ActionState.DONE
    assert receiver.keys == [f"1001:{ACTION}"] * 2


def test_an_answer_that_says_nothing_is_asked_for_again(desk: Desk, receiver: Receiver) -> None:
    desk.order({"url": receiver.url()})
    desk.ask(status="perhaps")

    assert "needs a status" in desk.waits()
    assert receiver.got == []


@pytest.mark.parametrize(
    ("status", "content", "refusal"),
    [
        (200, {"status": "failed", "reason": "no such plan"}, (PermanentError, "could not do it: no such plan")),
        (200, {"status": "fine"}, (PermanentError, "something else than JSON")),
        (200, b"<html>", (PermanentError, "something else than JSON")),
        (200, [], (PermanentError, "something else than JSON")),
        (200, b"[" * 50_000, (PermanentError, "something else than JSON")),
        (200, b'"' + b"x" * MAX_ANSWER_BYTES + b'"', (PermanentError, "something else than JSON")),
        (400, {"reason": "plan 2 is unknown"}, (PermanentError, "status 400: plan 2 is unknown; resolve it there")),
        (404, b"", (PermanentError, "refused with status 404; resolve it there")),
        (429, b"", (ThrottledError, "asked for a pause")),
        (500, {"reason": "secret trace"}, (TransientError, "failed with status 500")),
        (503, b"", (TransientError, "failed with status 503")),
    ],
)
def test_what_is_no_success_is_classed(
    desk: Desk, receiver: Receiver, status: int, content: Any, refusal: tuple[type[Exception], str]
) -> None:
    desk.order({"url": receiver.url()})
    receiver.says(status, content)

    classed, reason = refusal
    with pytest.raises(classed, match=reason):
        desk.run()
    assert desk.action().state is ActionState.FAILED


def test_a_redirect_is_not_followed(desk: Desk, receiver: Receiver) -> None:
    desk.order({"url": receiver.url()})
    receiver.says(307, b"", Location=receiver.url("/elsewhere"))

    with pytest.raises(PermanentError, match="status 307"):
        desk.run()
    assert [path for path, _, _ in receiver.got] == ["/orders"]


def test_a_try_again_has_the_same_key(desk: Desk, receiver: Receiver) -> None:
    desk.order({"url": receiver.url()})
    receiver.says(500)
    with pytest.raises(TransientError):
        desk.run()
    receiver.says(200, {"status": "done"})
    desk.run()

    assert receiver.keys == [f"1001:{ACTION}"] * 2


def test_a_receiver_that_is_not_there_is_tried_again(desk: Desk, receiver: Receiver) -> None:
    desk.order({"url": "http://127.0.0.1:1/orders"})

    with pytest.raises(TransientError, match="could not be reached"):
        desk.run()


def test_two_actions_that_are_alike_have_keys_of_their_own(desk: Desk, receiver: Receiver) -> None:
    desk.order(*[{"url": receiver.url()}] * 2)
    desk.run(ACTION)
    desk.run(TWIN)

    assert receiver.keys == [f"1001:{ACTION}", f"1001:{TWIN}"]


def test_of_two_alike_that_run_at_once_each_speaks_for_itself(desk: Desk, receiver: Receiver) -> None:
    desk.order(*[{"url": receiver.url()}] * 2)
    desk.store.claim("1001", TWIN, claim="another", now=NOW, ends_at=NOW + 30)

    desk.run(ACTION)

    ((_, headers, _),) = receiver.got
    assert headers["Idempotency-Key"] == f"1001:{ACTION}"


REFUSED_HOSTS: dict[str, tuple[Callable[[Receiver], str], dict[str, str]]] = {
    "not allowed": (lambda _: "https://evil.example.com/", {}),
    "looks like it": (lambda _: "https://panel.example.com.evil.test/", {}),
    "no host is allowed": (lambda receiver: receiver.url(), {"WEBHOOK_HOSTS": ""}),
    "http": (lambda _: "http://panel.example.com/", {}),
    "http on a stage of AWS": (lambda receiver: receiver.url(), {"STAGE": "prod"}),
    "by another name": (lambda receiver: receiver.url(host="localhost"), {"WEBHOOK_HOSTS": "localhost"}),
}


@pytest.mark.parametrize("case", REFUSED_HOSTS)
def test_it_goes_only_where_the_stage_lets_it(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    url, environment = REFUSED_HOSTS[case]
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    desk.order({"url": url(receiver)})

    with pytest.raises(PermanentError, match=r"may not be called from stage|must begin with https"):
        desk.run()
    assert receiver.got == []


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"url": "ftp://panel.example.com/"},
        {"url": "https:///orders"},
        {"url": "https://ann:pw@panel.example.com/"},
        {"url": "https://panel.example.com/", "timeout_seconds": 21},
        {"url": "https://panel.example.com/", "fields": ["cc_token"]},
        {"url": "https://panel.example.com/", "fields": ["uber_pass"]},
        {"url": "https://panel.example.com/", "headers": {}},
    ],
)
def test_settings_that_could_never_work_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CallWebhookConfig.model_validate(wrong)


def test_a_cancel_asks_for_it_to_be_taken_back(desk: Desk, receiver: Receiver) -> None:
    desk.order({"url": receiver.url(), "undo_url": receiver.url("/undo")})
    desk.run()
    desk.cancel()

    assert desk.undo()
    assert (receiver.got[1][0], receiver.keys[1]) == ("/undo", f"1001:{ACTION}:undo:1")
    assert receiver.content()["undo"] is True
    assert (desk.action().state, desk.action().reason) == (ActionState.UNDONE, "taken back by the receiver")
    assert not desk.undo()
    assert len(receiver.got) == 2


def test_what_failed_may_have_been_begun_and_is_taken_back(desk: Desk, receiver: Receiver) -> None:
    desk.order({"url": receiver.url(), "undo_url": receiver.url("/undo")})
    receiver.says(500)
    with pytest.raises(TransientError):
        desk.run()
    desk.cancel()
    receiver.says(200, {"status": "done"})

    assert desk.undo()


def test_taking_back_may_take_its_time(desk: Desk, receiver: Receiver) -> None:
    desk.order({"url": receiver.url(), "undo_url": receiver.url("/undo")})
    desk.run()
    desk.cancel()
    receiver.says(202)
    with pytest.raises(TransientError, match="still taking it back"):
        desk.undo()
    receiver.says(200, {"status": "done"})

    assert desk.undo()
    assert receiver.keys[1] == receiver.keys[2]


@pytest.mark.parametrize("begun", [True, False])
def test_there_may_be_nothing_to_take_back(desk: Desk, receiver: Receiver, begun: bool) -> None:
    desk.order({"url": receiver.url(), **({} if begun else {"undo_url": receiver.url("/undo")})})
    if begun:
        desk.run()
    desk.cancel()

    assert not desk.undo()
    assert len(receiver.got) == begun
