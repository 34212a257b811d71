"""Requests as they are written here, to the byte: no header that a library would add."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlsplit

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
ENVELOPE = {"status", "error_code", "error_message", "data"}


@dataclass(frozen=True)
class Answer:
    """`headers`: by lower-case name, all that were sent, in order."""

    status: int
    headers: dict[str, list[str]]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def data(self) -> Any:
        """Of a call that succeeded."""
        assert (self.status, self.json["status"]) == (200, True), self.body
        return self.json["data"]

    def header(self, name: str) -> str | None:
        """The only one of its name."""
        found = self.headers.get(name.lower(), [])
        assert len(found) <= 1, found
        return found[0] if found else None


@dataclass(frozen=True)
class Raw:
    """A server, and who calls it."""

    url: str
    user: str
    token: str = field(repr=False)

    @property
    def basic(self) -> str:
        return "Basic " + base64.b64encode(f"{self.user}:{self.token}".encode()).decode()

    def send(
        self,
        method: str,
        target: str,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        logged_in: bool = True,
    ) -> Answer:
        """`target`: path and query. No body: no Content-Length but of a POST, as cURL does it."""
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        try:
            content = body.encode() if isinstance(body, str) else body
            connection.putrequest(method, target, skip_accept_encoding=True)
            if logged_in:
                connection.putheader("Authorization", self.basic)
            if content is not None or method == "POST":
                connection.putheader("Content-Length", str(len(content or b"")))
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders(content)
            response = connection.getresponse()
            said: dict[str, list[str]] = {}
            for name, value in response.getheaders():
                said.setdefault(name.lower(), []).append(value)
            return Answer(response.status, said, response.read())
        finally:
            connection.close()

    def call(self, method: str, **parameters: Any) -> Any:
        """`data` of a call as JSON."""
        return self.send("POST", f"/api/2.0/?method={method}", json.dumps(parameters), {"Content-Type": JSON}).data

    def form(self, method: str, pairs: str) -> Answer:
        """A call with an urlencoded body, which is sent as it is."""
        return self.send("POST", f"/api/2.0/?method={method}", pairs, {"Content-Type": FORM})


def encoded(tree: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """The tree as PHP's flat names."""
    pairs: list[tuple[str, str]] = []
    for key, value in tree.items():
        name = f"{prefix}[{key}]" if prefix else key
        pairs += encoded(value, name) if isinstance(value, dict) else [(name, str(value))]
    return pairs


def query(tree: dict[str, Any]) -> str:
    """With every bracket escaped, as most clients do."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in encoded(tree))


def multipart(fields: list[tuple[str, str]], *files: tuple[str, str, bytes], boundary: str = "frontier") -> bytes:
    """Fields, and files as (field, file name, content)."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields
    ]
    for name, file_name, content in files:
        head = f'Content-Disposition: form-data; name="{name}"; filename="{file_name}"'
        parts.append(f"--{boundary}\r\n{head}\r\nContent-Type: application/octet-stream\r\n\r\n".encode())
        parts.append(content + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode()
