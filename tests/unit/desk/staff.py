"""Staff with a browser on the desk: keeps cookies, follows redirects, presses buttons. No JavaScript."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from lambdas.desk.handler import respond
from lambdas.desk.web.site import Site
from lambdas.orders.decisions import outcomes
from lambdas.orders.decisions.lead.draft import OrderDraft
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.store import save
from lambdas.records.users.rights import EVERYTHING, ROLES, Grant
from tests.support.build import CARD, CONTACT
from tests.unit.forms.browser import TextReader

HOST = "orders.example.com"
DEDICATED, VIRTUAL = 3, 2


class FormReader(TextReader):
    """Every form of a page: its inputs with their values, by where it goes."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.tags: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append((tag, values))
        if tag == "form":
            self.inputs = {}
            self.forms.append((values["action"], self.inputs))
        elif tag == "input":
            self.inputs[values["name"]] = values.get("value", "")
        elif tag == "textarea":
            self._area = values["name"]
            self.inputs[self._area] = ""
        elif tag == "select":
            self._select = values["name"]
        elif tag == "option" and (self._select not in self.inputs or "selected" in values):
            self.inputs[self._select] = values["value"]


@dataclass
class Shown:
    status: int
    headers: dict[str, str]
    body: str
    set_cookies: list[str]
    read: FormReader = field(default_factory=FormReader)

    def __post_init__(self) -> None:
        if self.headers["Content-Type"].startswith("text/html"):
            self.read.feed(self.body)

    @property
    def text(self) -> str:
        return " ".join(self.read.text)

    @property
    def acts(self) -> set[str]:
        """What its buttons do, as `skip 3202`."""
        forms = [(path, inputs) for path, inputs in self.read.forms if "/orders/" in path]
        return {f"{path.rsplit('/', 1)[1]} {_subject(inputs)}".removesuffix(" 0") for path, inputs in forms}

    def form(self, act: str) -> tuple[str, dict[str, str]]:
        what, _, subject = act.partition(" ")
        for path, inputs in self.read.forms:
            if path.endswith(f"/{what}") and _subject(inputs) == (subject or "0"):
                return path, dict(inputs)
        raise AssertionError(f"no button for {act}; there are {sorted(self.acts)}")


def _subject(inputs: dict[str, str]) -> str:
    """The action or the open work that a form is about."""
    return inputs.get("wait") or inputs.get("action_id", "0")


@dataclass
class Staff:
    site: Site
    cookies: dict[str, str] = field(default_factory=dict)
    source: str = "192.0.2.7"
    scheme: str = "https"
    shown: Shown | None = None

    @classmethod
    def signed_in(cls, site: Site, name: str = "boss", *grants: Grant) -> "Staff":
        found = cls(site)
        found.sign_in(name, site.users.add(name, grants or (EVERYTHING,), now=site.now()))
        return found

    @classmethod
    def with_role(cls, site: Site, role: str, *queues: int) -> "Staff":
        bound = frozenset(queues) or None
        return cls.signed_in(site, role, Grant(rights=ROLES[role], queues=bound))

    def sign_in(self, name: str, token: str) -> Shown:
        self.open("/desk/sign-in")
        return self.press("sign-in", user=name, token=token)

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> Shown:
        parts = urlsplit(path)
        event: dict[str, Any] = {
            "rawPath": parts.path,
            "rawQueryString": parts.query,
            "headers": {"host": HOST, "x-forwarded-proto": self.scheme, **headers},
            "cookies": [f"{name}={value}" for name, value in self.cookies.items()],
            "requestContext": {"http": {"method": method, "sourceIp": self.source}, "requestId": "r-1"},
            "body": body,
            "isBase64Encoded": False,
        }
        response = respond(json.loads(json.dumps(event)), self.site)
        for cookie in response["cookies"]:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return Shown(response["statusCode"], response["headers"], response["body"], response["cookies"])

    def open(self, path: str) -> Shown:
        return self._followed(self.ask("GET", path))

    def shown_text(self) -> str:
        assert self.shown is not None
        return self.shown.text

    def order(self, order_id: str) -> Shown:
        return self.open(f"/desk/orders/{order_id}")

    def press(self, act: str, **typed: str) -> Shown:
        """Press a button of the page shown, with these inputs filled in. `act`: as `skip 3202`."""
        assert self.shown is not None
        path, inputs = self.shown.form(act)
        filled = {
            name.replace("_", "-", 1) if name.startswith(("answer_", "contact_")) else name: value
            for name, value in typed.items()
        }
        return self._followed(self.post(path, {**inputs, **filled}))

    def post(self, path: str, typed: dict[str, str], **headers: str) -> Shown:
        sent = {"origin": "null", "sec-fetch-site": "same-origin", **headers}
        return self.ask("POST", path, urlencode(typed), **sent)

    def _followed(self, shown: Shown) -> Shown:
        while shown.status == 303:
            assert re.fullmatch(r"/desk[/a-z0-9.?=&%-]*", shown.headers["Location"], re.IGNORECASE), shown.headers
            shown = self.ask("GET", shown.headers["Location"])
        self.shown = shown
        return shown


def an_order_in(site: Site, order_queue_id: int = VIRTUAL, *, submit: bool = True, **info: Any) -> Order:
    """An order of this queue, submitted."""
    content = {**CONTACT, **CARD, "pack1": {"plan_id": "1"}, **info}
    service = site.desk.service
    order = service.create(OrderDraft(order_queue_id=order_queue_id, info=content), by="shop")
    return service.submit(order, by="shop") if submit else order


def stored(site: Site, order: Order) -> Order:
    return site.desk.service.get(order_id=order.order_id)


def at_call_back(site: Site, **info: Any) -> Order:
    """An order of a dedicated server that waits for Identity Call-back (3202)."""
    order = an_order_in(site, DEDICATED, **info)
    now = site.now()

    def waits(current: Order) -> Order:
        checked = outcomes.done(current, 3201, now=now, reason="the address fits", result={})
        asked = outcomes.waiting(checked, 3202, now=now, reason="to do: call the client back", result={})
        wait = Wait(token="t", since=now, due_at=now + 3600, owner="fraud lead")
        return asked.changed(waits={"3202": wait})

    return save(site.desk.service.store, order, waits)


def changed(site: Site, order: Order, **changes: Any) -> Order:
    """The order as somebody or something changed it."""
    return save(site.desk.service.store, stored(site, order), lambda current: current.changed(**changes))
