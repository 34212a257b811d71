"""The server of the stand-in: the API, and the page on which a payer approves, at `/checkoutnow`."""

import json
import socket
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from tests.stand_ins.paypal import payments
from tests.stand_ins.paypal.api import Answer, Api, Call
from tests.stand_ins.paypal.books import Books, Refusal
from tests.stand_ins.paypal.served import Served, StandInServer
from tests.stand_ins.stripe.faults import CUT, HTML, Fault
from tests.stand_ins.stripe.pages import choices

SECRET = "client-id:client-secret"
_BEFORE = (Fault.CUT_BEFORE, Fault.HTML_502_BEFORE)
_CHOICES = {
    payments.APPROVED: "Pay",
    payments.DECLINED: "Pay with a card that is declined",
    payments.CAPTURE_DECLINED: "Pay with an account that is empty later",
    payments.CANCELED: "Cancel and return",
}


class PayPalStandIn(StandInServer):
    """Serves on a free port of this machine. `now`: Unix seconds, the only clock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.api = Api(Books(now), {SECRET})
        super().__init__(_Handler)
        self.api.page = f"{self.url}/checkoutnow"

    @property
    def books(self) -> Books:
        return self.api.books


class _Handler(Served):
    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path == "/checkoutnow":
            self.send_text(200, "text/html", choices("Pay with PayPal", _CHOICES))
        else:
            self._answer(address.path, "")

    def do_POST(self) -> None:
        address = urlsplit(self.path)
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if address.path == "/checkoutnow":
            self._choose(parse_qs(address.query)["token"][0], parse_qs(text)["choice"][0])
        else:
            self._answer(address.path, text)

    @property
    def _api(self) -> Api:
        api: Api = self.server.stand_in.api  # type: ignore[attr-defined]
        return api

    def _answer(self, path: str, text: str) -> None:
        api, is_token = self._api, path == "/v1/oauth2/token"
        body = json.loads(text) if text and not is_token else None
        call = Call(f"{self.command} {path}", body, self.headers.get("PayPal-Request-Id", ""))
        api.calls.append(call)
        fault = api.faults.take(call.name)
        answer = None if fault in _BEFORE else api.answer(call, self.headers.get("Authorization", ""), fault)
        if fault in CUT:
            self.connection.shutdown(socket.SHUT_RDWR)
        elif fault in HTML or answer is None:
            self.send_text(502, "text/html", "<html><h1>502 Bad Gateway</h1></html>")
        else:
            self._send(answer)

    def _send(self, answer: Answer) -> None:
        text = "" if answer.body is None else json.dumps(answer.body)
        self.send_text(answer.status, "application/json", text, PayPal_Debug_Id=f"d{len(self._api.calls)}")

    def _choose(self, name: str, choice: str) -> None:
        try:
            with self._api.books.lock:
                back = payments.choose(self._api.books, name, choice)
        except Refusal as refusal:
            return self.send_text(404, "text/html", choices(str(refusal), {}))
        if back:
            return self.send_text(303, "text/html", "", Location=back)
        return self.send_text(200, "text/html", choices("You may close this page", {}))
