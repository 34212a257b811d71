"""Serves the order forms of a shop on a free port of this machine, as API Gateway hands requests to their function."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from lambdas.forms.handler import respond
from lambdas.forms.shop import Shop


@dataclass
class ServedForms:
    """`lost`: the end of a path; every request to it is lost on its way."""

    shop: Shop
    url: str = ""
    lost: str | None = None
    at_work: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def served(shop: Shop) -> Iterator[ServedForms]:
    forms = ServedForms(shop)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.forms, forms.url = forms, f"http://127.0.0.1:{server.server_port}"
    serving = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    serving.start()
    try:
        yield forms
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    forms: ServedForms


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

    def log_message(self, format: str, *args: object) -> None: ...

    def _answer(self, body: str) -> None:
        forms = self.server.forms
        if forms.lost and urlsplit(self.path).path.endswith(forms.lost):
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        with forms.at_work:
            answer = respond(self._event(body), forms.shop)
        sent = str(answer["body"]).encode()
        self.send_response(int(answer["statusCode"]))
        for name, value in answer["headers"].items():
            self.send_header(name, str(value))
        for cookie in answer["cookies"]:
            self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def _event(self, body: str) -> dict[str, Any]:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        cookies = [each.strip() for each in headers.pop("cookie", "").split(";") if each.strip()]
        return {
            "rawPath": parts.path,
            "rawQueryString": parts.query,
            "headers": {**headers, "x-forwarded-proto": "http"},
            "cookies": cookies,
            "requestContext": {"http": {"method": self.command, "sourceIp": "192.0.2.7"}, "requestId": "r-1"},
            "body": body,
            "isBase64Encoded": False,
        }
