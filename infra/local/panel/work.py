"""Carries out the requests of the stand-in panel (server.py): once per key, and slow ones are answered later."""

import base64
import hashlib
import hmac
import json
import logging
import threading
import time
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from infra.local.panel.results import TAKES_TIME, result_of

SIGNATURE_GOOD_SECONDS = 300
CALL_BACK_PAUSES_SECONDS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
logger = logging.getLogger("panel")

Answer = tuple[int, dict[str, Any]]


class Panel:
    """Finished and open work. `access`: a file with the API's address and a login, read when it is needed."""

    def __init__(self, access: Path, answer_after_seconds: float) -> None:
        self._access, self._answer_after = access, answer_after_seconds
        self._lock = threading.Lock()
        self._answers: dict[str, Answer] = {}
        self._calls: list[dict[str, Any]] = []
        self._failures: dict[tuple[str, str], str] = {}
        self._flaked: set[str] = set()
        self._held: dict[str, threading.Event] = {}
        self._at_work: dict[tuple[str, int], threading.Timer] = {}
        self._notices: dict[str, dict[str, Any]] = {}

    def access(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self._access.read_text()))
        except (FileNotFoundError, ValueError):
            return {}

    def refuses(self, signature: str, body: bytes) -> bool:
        """Whether the request is not from who knows the secret, or is an old one. Without a secret anyone may call."""
        secret = self.access().get("webhook_secret")
        if not secret:
            return False
        parts = dict(part.partition("=")[::2] for part in signature.split(","))
        sent_at, given = parts.get("t", ""), parts.get("v1", "")
        expected = hmac.new(secret.encode(), f"{sent_at}.".encode() + body, hashlib.sha256).hexdigest()
        fresh = sent_at.isdigit() and abs(time.time() - int(sent_at)) < SIGNATURE_GOOD_SECONDS
        return not (fresh and hmac.compare_digest(expected, given))

    def calls(self, order_id: str) -> list[dict[str, Any]]:
        with self._lock:
            return [call for call in self._calls if call["order_id"] == order_id]

    def take_notice(self, key: str, content: Mapping[str, Any]) -> None:
        """Keep a notice of a queue (docs/notices.md), once for each key."""
        with self._lock:
            self._notices.setdefault(key, dict(content))

    def notices(self, order_id: str) -> list[dict[str, Any]]:
        with self._lock:
            return [notice for notice in self._notices.values() if notice.get("order_id") == order_id]

    def fail_once(self, order_id: str, path: str, reason: str) -> None:
        with self._lock:
            self._failures[order_id, path] = reason

    def hold(self, order_id: str) -> None:
        """Keep the order's slow requests at work until `release`."""
        with self._lock:
            self._held[order_id] = threading.Event()

    def release(self, order_id: str) -> None:
        with self._lock:
            held = self._held.pop(order_id, None)
        if held:
            held.set()

    def answer(self, path: str, *, flaky: bool, key: str, content: Mapping[str, Any]) -> Answer:
        """Do what the request asks for, once per key."""
        order_id, action_id = str(content.get("order_id", "")), int(content.get("order_action_id", 0))
        with self._lock:
            if key in self._answers:
                return self._answers[key]
            if reason := self._failures.pop((order_id, path), None):
                return HTTPStatus.CONFLICT, {"status": "failed", "reason": reason}
            if flaky and key not in self._flaked:
                self._flaked.add(key)
                return HTTPStatus.INTERNAL_SERVER_ERROR, {"status": "failed", "reason": "it fails the first time"}
            if content.get("undo") and (begun := self._at_work.pop((order_id, action_id), None)):
                begun.cancel()
            stated = self._begun(path, order_id, action_id, content)
            self._answers[key] = HTTPStatus.OK, stated
            undo = bool(content.get("undo"))
            self._calls.append({"path": path, "order_id": order_id, "order_action_id": action_id, "undo": undo})
            return self._answers[key]

    def _begun(self, path: str, order_id: str, action_id: int, content: Mapping[str, Any]) -> dict[str, Any]:
        done = {"status": "done", **result_of(path, order_id)}
        if path not in TAKES_TIME:
            return done
        timer = threading.Timer(self._answer_after, self._call_back, (order_id, action_id, content["callback"], done))
        timer.daemon = True
        self._at_work[order_id, action_id] = timer
        timer.start()
        return {"status": "wait", "reason": TAKES_TIME[path]}

    def _call_back(self, order_id: str, action_id: int, callback: Mapping[str, Any], done: dict[str, Any]) -> None:
        """Say that it is done, the way the request named; again for a while if that is refused."""
        with self._lock:
            held = self._held.get(order_id)
        if held:
            held.wait()
        with self._lock:
            self._at_work.pop((order_id, action_id), None)
        body = {"order_id": callback["order_id"], "order_action_id": callback["order_action_id"], "input": done}
        for pause in (*CALL_BACK_PAUSES_SECONDS, 0.0):
            status = _post(self.access(), str(callback["method"]), body)
            logger.info("%s of order %s, answered: %s", callback["method"], order_id, status)
            if status == HTTPStatus.OK:
                return
            time.sleep(pause)


def _post(access: Mapping[str, Any], method: str, body: Mapping[str, Any]) -> int | None:
    """The status of the answer; None if there was none."""
    user, token = access.get("people", {}).get("panel") or (access.get("user"), access.get("token"))
    login = base64.b64encode(f"{user}:{token}".encode()).decode()
    headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
    request = Request(f"{access.get('api_url')}/{method}", json.dumps(body).encode(), headers, method="POST")  # noqa: S310
    try:
        with urlopen(request, timeout=20) as answer:  # noqa: S310 - the address is our own API's
            return int(answer.status)
    except HTTPError as refused:
        with refused:
            return refused.code
    except (OSError, ValueError, HTTPException):
        return None
