"""The server of the stand-in: the API at `/v1`, and the pages that people see at `/pages`."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit

from tests.stand_ins.stripe import checkout, intents
from tests.stand_ins.stripe.api import Answer, Api, Call
from tests.stand_ins.stripe.books import Books
from tests.stand_ins.stripe.checkout import Seen
from tests.stand_ins.stripe.faults import CUT, HTML, Fault
from tests.stand_ins.stripe.pages import choices, with_origin
from tests.stand_ins.stripe.refusals import Refusal

SECRET = "rk_test_standin"
_BEFORE = (Fault.CUT_BEFORE, Fault.HTML_502_BEFORE)


class StripeStandIn:
    """Serves on a free port of this machine. `now`: Unix seconds, the only clock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.api = Api(Books(now), {SECRET})
        self._server = _Server(_free_port(), self.api, self)
        self._serving = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._serving.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def books(self) -> Books:
        return self.api.books

    def go_away(self) -> None:
        """Refuse connections, until `come_back`."""
        self._server.away.set()
        self._server.shutdown()
        self._serving.join()
        self._server.socket.shutdown(socket.SHUT_RD)

    def come_back(self) -> None:
        self._server.away.clear()
        self._server.socket.listen(self._server.request_queue_size)
        self._serving = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._serving.start()

    @contextmanager
    def away(self) -> Iterator[None]:
        self.go_away()
        try:
            yield
        finally:
            self.come_back()

    def close(self) -> None:
        if self._serving.is_alive():
            self._server.shutdown()
            self._serving.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, api: Api, stand_in: StripeStandIn) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.api, self.stand_in, self.away = api, stand_in, threading.Event()


class _Handler(BaseHTTPRequestHandler):
    """One call a connection, so that a fault meets one call."""

    server: _Server

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path.startswith("/pages/"):
            self._show(address.path, "")
        else:
            self._answer(address.path, address.query)

    def do_POST(self) -> None:
        address = urlsplit(self.path)
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if address.path.startswith("/pages/"):
            self._show(address.path, parse_qs(text).get("choice", [""])[0])
        else:
            self._answer(address.path, text)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _answer(self, path: str, text: str) -> None:
        api, headers = self.server.api, self.headers
        secret = headers.get("Authorization", "").removeprefix("Bearer ")
        call = Call(f"{self.command} {path}", text, secret, headers.get("Idempotency-Key", ""))
        api.calls.append(call)
        fault = api.faults.take(call.name)
        answer = None if fault in _BEFORE else api.answer(call, fault)
        if fault is Fault.GOES_AWAY:
            self.server.stand_in.go_away()
        if fault in CUT:
            self.connection.shutdown(socket.SHUT_RDWR)
        elif fault in HTML or answer is None:
            self._send(502, "text/html", "<html><h1>502 Bad Gateway</h1></html>")
        else:
            self._send_answer(answer)

    def _send_answer(self, answer: Answer) -> None:
        more = {"Request-Id": f"req_{len(self.server.api.calls)}"} | (
            {"Idempotent-Replayed": "true"} if answer.replayed else {}
        )
        text = with_origin(json.dumps(answer.body), self.server.stand_in.url)
        self._send(answer.status, "application/json", text, **more)

    def _show(self, path: str, choice: str) -> None:
        """A page that a person sees; with a choice, what they chose there."""
        _, _, kind, name = path.split("/", 3)
        try:
            with self.server.api.books.lock:
                self.server.api.settle()
                seen = _seen(self.server.api.books, kind, name, choice)
        except Refusal as refusal:
            return self._send(404, "text/html", choices(str(refusal), {}))
        if seen.location:
            return self._send(303, "text/html", "", Location=seen.location)
        return self._send(200, "text/html", seen.html)

    def _send(self, status: int, kind: str, text: str, **headers: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


def _seen(books: Books, kind: str, name: str, choice: str) -> Seen:
    if kind == "checkout":
        return checkout.choose(books, name, choice) if choice else checkout.page(books, name)
    if choice:
        return _answered(books, name, choice)
    intent = books.get(name, "pi")
    if intent["status"] != "requires_action":
        return Seen(html=choices("There is nothing to confirm", {}))
    return Seen(html=choices("Your bank asks whether you pay", {"proved": "Complete", "refused": "Fail"}))


def _answered(books: Books, name: str, choice: str) -> Seen:
    back = intents.answer_for_holder(books, name, proved=choice == "proved")
    joint = "&" if "?" in back else "?"
    status = "succeeded" if choice == "proved" else "failed"
    secret = f"payment_intent_client_secret={name}_secret_canary"
    return Seen(location=f"{back}{joint}payment_intent={name}&{secret}&redirect_status={status}")


def _free_port() -> int:
    """Bound by its number, which the socket then keeps while it does not listen."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
