"""A browser over the form's shop: keeps cookies, follows redirects, fills in the inputs of the page it is on. No JavaScript."""

import base64
import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from lambdas.forms.handler import respond
from lambdas.forms.shop import Shop

HOST = "orders.example.com"


class TextReader(HTMLParser):
    """The text of a page, and what is typed into its areas."""

    def __init__(self) -> None:
        super().__init__()
        self.inputs: dict[str, str] = {}
        self.text: list[str] = []
        self._select = self._area = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.inputs[self._area] += data.removeprefix("\n")
        elif data.strip():
            self.text.append(" ".join(data.split()))


class PageReader(TextReader):
    """The inputs of a page with their values, its text, and where its form goes."""

    def __init__(self) -> None:
        super().__init__()
        self.offered: dict[str, list[str]] = {}
        self.action = ""
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        match tag:
            case "form":
                self.action = values["action"]
            case "a":
                self.links.append(values["href"])
            case "input":
                self._input(values)
            case "select" | "option":
                self._choice(tag, values)
            case "textarea":
                self._area = values["name"]
                self.inputs[self._area] = ""

    def _input(self, values: dict[str, str]) -> None:
        if values.get("type") not in ("radio", "checkbox"):
            self.inputs[values["name"]] = values.get("value", "")
            return
        self.offered.setdefault(values["name"], []).append(values["value"])
        if "checked" in values:
            self.inputs[values["name"]] = values["value"]

    def _choice(self, tag: str, values: dict[str, str]) -> None:
        if tag == "select":
            self._select = values["name"]
            self.inputs.setdefault(self._select, "")
            return
        self.offered.setdefault(self._select, []).append(values["value"])
        if "selected" in values:
            self.inputs[self._select] = values["value"]


@dataclass
class Page:
    """What the browser shows."""

    status: int
    headers: dict[str, str]
    body: str
    path: str
    set_cookies: list[str]
    read: PageReader = field(default_factory=PageReader)

    def __post_init__(self) -> None:
        if self.headers["Content-Type"].startswith("text/html"):
            self.read.feed(self.body)

    @property
    def text(self) -> str:
        return " ".join(self.read.text)

    @property
    def inputs(self) -> dict[str, str]:
        return self.read.inputs


@dataclass
class Browser:
    """`scheme`: http is for one's own machine. `went`: every path that was asked for, in order."""

    shop: Shop
    scheme: str = "https"
    cookies: dict[str, str] = field(default_factory=dict)
    went: list[str] = field(default_factory=list)
    page: Page | None = None
    source: str = "192.0.2.7"

    def ask(self, method: str, path: str, body: str | bytes = "", **headers: str) -> Page:
        """One request, without following where it leads."""
        parts = urlsplit(path)
        event: dict[str, Any] = {
            "rawPath": parts.path,
            "rawQueryString": parts.query,
            "headers": {"host": HOST, "x-forwarded-proto": self.scheme, **headers},
            "cookies": [f"{name}={value}" for name, value in self.cookies.items()],
            "requestContext": {"http": {"method": method, "sourceIp": self.source}, "requestId": "r-1"},
            "body": body if isinstance(body, str) else base64.b64encode(body).decode(),
            "isBase64Encoded": isinstance(body, bytes),
        }
        self.went.append(parts.path)
        response = respond(json.loads(json.dumps(event)), self.shop)
        for cookie in response["cookies"]:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return Page(response["statusCode"], response["headers"], response["body"], path, response["cookies"])

    def open(self, path: str) -> Page:
        """Follows redirects within the site; one that leads elsewhere is shown as it is."""
        page = self.ask("GET", path)
        return self._followed(page)

    def send(self, **typed: str) -> Page:
        """Send the form of the page shown, with these inputs changed."""
        shown = self.shown
        return self._followed(self.post(shown.read.action, {**shown.inputs, **typed}))

    def resume(self, link: str) -> Page:
        """Open a link to go on with an order, and press the button of its page."""
        return self.send() if self.open(link).read.action else self.shown

    def post(self, path: str, typed: dict[str, str], **headers: str) -> Page:
        page = self.ask(
            "POST", path, urlencode(typed), **{"origin": "null", "sec-fetch-site": "same-origin", **headers}
        )
        self.page = page if page.read.action else self.page
        return page

    def upload(self, path: str, typed: dict[str, str], files: list[tuple[str, str, bytes]], **headers: str) -> Page:
        """Send a form with files: the name of the input, of the file, and the content of each."""
        parts = [(field, (name, content)) for field, name, content in files]
        sent = httpx.Request("POST", f"https://{HOST}{path}", data=typed, files=parts)
        from_our_page = {
            "origin": "null",
            "sec-fetch-site": "same-origin",
            "content-type": sent.headers["content-type"],
        }
        return self.ask("POST", path, sent.read(), **{**from_our_page, **headers})

    @property
    def shown(self) -> Page:
        assert self.page is not None
        return self.page

    def _followed(self, page: Page) -> Page:
        while page.status == 303 and (path := self._here(page.headers["Location"])):
            page = self.ask("GET", path)
        self.page = page
        return page

    def _here(self, location: str) -> str | None:
        own = location.removeprefix(f"{self.scheme}://{HOST}")
        return own if own.startswith(("/forms/", "/orders/")) else None


def provider_answers(page: Page, **answer: str) -> str:
    """Where the provider's page sends the browser back to, after it was led there."""
    parts = urlsplit(page.headers["Location"])
    asked = dict(parse_qsl(parts.query))
    return asked["return"].partition(HOST)[2] + "?" + urlencode({"state": asked["state"], **answer})
