"""A stand-in for the outside programs that queues call: hosting panel, data center, registrar and others.

It knows HTTP and the shape of a webhook, and nothing about its caller. It does each thing once per Idempotency-Key. A slow
request begins at once and is answered a moment later, by the call that the request names. It fails on demand:
`POST /_fail {order_id, path, reason}` refuses that order there once, `?flaky=1` is a status 500 at the first time.
`POST /_hold {order_id}` keeps that order's slow requests at work until `POST /_release {order_id}`.
`GET /_calls?order_id=1001` lists what it did, `GET /_notices?order_id=1001` what it was notified of.
infra/local/panel/process.py starts and stops it.
"""

import argparse
import json
import logging
import os
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from infra.local.panel.work import Panel

MAX_BODY_BYTES = 1_000_000
logger = logging.getLogger("panel")


class PanelHandler(BaseHTTPRequestHandler):
    """HTTP in front of the panel."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/_calls":
            self._say(HTTPStatus.OK, self._panel.calls(parse_qs(parts.query).get("order_id", [""])[0]))
        elif parts.path == "/_notices":
            self._say(HTTPStatus.OK, self._panel.notices(parse_qs(parts.query).get("order_id", [""])[0]))
        else:
            self._say(HTTPStatus.OK, {"pid": os.getpid()})

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(length, MAX_BODY_BYTES))
        try:
            content = dict(json.loads(body))
        except (ValueError, TypeError):
            return self._say(HTTPStatus.BAD_REQUEST, {"status": "failed", "reason": "send a JSON object"})
        if parts.path.startswith("/_"):
            self._set_up(parts.path, content)
            return self._say(HTTPStatus.OK, {})
        if self._panel.refuses(self.headers.get("X-Order-Signature", ""), body):
            return self._say(HTTPStatus.UNAUTHORIZED, {"status": "failed", "reason": "the signature is not right"})
        key = self.headers.get("Idempotency-Key", "")
        if not key:
            return self._say(HTTPStatus.BAD_REQUEST, {"status": "failed", "reason": "Idempotency-Key is missing"})
        if parts.path == "/notices":
            self._panel.take_notice(key, content)
            return self._say(HTTPStatus.OK, {"status": "done"})
        flaky = "flaky" in parse_qs(parts.query)
        status, stated = self._panel.answer(parts.path, flaky=flaky, key=key, content=content)
        logger.info("POST %s, order %s: %s %s", parts.path, content.get("order_id"), status, stated["status"])
        return self._say(status, stated)

    def _set_up(self, path: str, content: dict[str, Any]) -> None:
        """Decide what this order meets next."""
        order_id = str(content["order_id"])
        match path:
            case "/_fail":
                self._panel.fail_once(order_id, str(content["path"]), str(content["reason"]))
            case "/_hold":
                self._panel.hold(order_id)
            case "/_release":
                self._panel.release(order_id)

    @property
    def _panel(self) -> Panel:
        return cast("PanelServer", self.server).panel

    def _say(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing here: the work is logged where it is done."""


class PanelServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, panel: Panel) -> None:
        self.panel = panel
        super().__init__(("127.0.0.1", port), PanelHandler)


def _serve(arguments: argparse.Namespace) -> None:
    with PanelServer(arguments.port, Panel(arguments.access, arguments.answer_after)) as server:
        server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--access", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--answer-after", type=float, default=1.0)
    parser.add_argument("token", help="by which the process is known; see infra/local/process.py")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    _serve(parser.parse_args())
