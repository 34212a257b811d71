"""The installable clients of API 2.0 (reference/ubersmith.md 7.1), each asked in its own way, with one face for tests."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ubersmith.api  # type: ignore[import-untyped]
import ubersmith.exceptions  # type: ignore[import-untyped]
import ubersmith_client

from infra.local.engine_process import REPOSITORY
from infra.local.stack import LocalStack

BASE = "/api/2.0/"
_HTTP_ERRORS = (
    ubersmith_client.exceptions.BadRequest,
    ubersmith_client.exceptions.Unauthorized,
    ubersmith_client.exceptions.Forbidden,
    ubersmith_client.exceptions.NotFound,
    ubersmith_client.exceptions.UnknownError,
)


@dataclass
class Refused(Exception):
    """What a client raises, as it says it: the envelope's code and message, or the HTTP status if it looks no further."""

    code: int | None = None
    message: str = ""
    http: int | None = None


@dataclass(frozen=True)
class Speaker:
    """One client. `call` answers what the client hands its caller, or raises Refused."""

    name: str
    call: Callable[..., Any]


class PythonUbersmithClient:
    """python-ubersmithclient: forms with `method` in the body (shape A; C with files), or GET (E)."""

    def __init__(self, url: str, user: str, token: str, *, by_get: bool = False) -> None:
        self._api = ubersmith_client.api.init(url + BASE, user, token, use_http_get=by_get)

    def call(self, method: str, **parameters: Any) -> Any:
        section, _, name = method.partition(".")
        try:
            return getattr(getattr(self._api, section), name)(**parameters)
        except _HTTP_ERRORS as error:
            raise Refused(http=error.code) from None
        except ubersmith_client.exceptions.UbersmithException as error:
            raise Refused(error.code, error.message) from None


class Ubersmith:
    """ubersmith 0.4.0: forms with `method` in the query (shape B). It checks and converts what it knows the types of."""

    def __init__(self, url: str, user: str, token: str) -> None:
        self._handler = ubersmith.api.RequestHandler(url + BASE, user, token)

    def close(self) -> None:
        self._handler.session.close()

    def call(self, method: str, **parameters: Any) -> Any:
        section, _, name = method.partition(".")
        try:
            return getattr(getattr(self._handler, section), name)(**parameters).data
        except ubersmith.exceptions.ResponseError as error:
            raise Refused(error.error_code, error.error_message) from None


class UbersmithApiWorker:
    """ubersmith-api: JSON with `method` in the query (shape D), nothing at all where there are no parameters (F)."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    @classmethod
    @contextmanager
    def start(cls, home: Path) -> Iterator["UbersmithApiWorker"]:
        """One process for all tests, ended by the end of its input."""
        python = REPOSITORY / ".venv-ubersmith-api" / "bin" / "python"
        command = [str(python), str(Path(__file__).with_name("ubersmith_api_worker.py"))]
        environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
        pipe = subprocess.PIPE
        with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as process:
            yield cls(process)

    def speaker(self, url: str, user: str, token: str) -> Speaker:
        place = urlsplit(url)
        server = {"host": place.hostname, "port": place.port, "user": user, "token": token}

        def call(method: str, **parameters: Any) -> Any:
            return self._ask({"server": server, "method": method, "parameters": parameters})

        return Speaker("ubersmith-api", call)

    def functions(self, section: str) -> dict[str, dict[str, bool]]:
        """The client's functions of a section: their parameters, and whether each is required."""
        server = {"host": "127.0.0.1", "port": 1, "user": "", "token": ""}
        return dict(self._ask({"server": server, "section": section}))

    def _ask(self, asked: dict[str, Any]) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        said = self._process.stdout.readline()
        assert said, "the worker of ubersmith-api has ended; its error is above"
        answer = json.loads(said)
        if "data" not in answer:
            raise Refused(**answer)
        return answer["data"]


NAMES = ("python-ubersmithclient", "python-ubersmithclient by GET", "ubersmith", "ubersmith-api")


@contextmanager
def speaker_named(
    name: str, stack: LocalStack, worker: UbersmithApiWorker, login: tuple[str, str] | None = None
) -> Iterator[Speaker]:
    """The client by its name, logged in as `login`: user and token."""
    user, token = login or (stack.user, stack.token)
    if name == "ubersmith-api":
        yield worker.speaker(stack.api_url, user, token)
    elif name == "ubersmith":
        client = Ubersmith(stack.api_url, user, token)
        try:
            yield Speaker(name, client.call)
        finally:
            client.close()
    else:
        yield Speaker(name, PythonUbersmithClient(stack.api_url, user, token, by_get=name.endswith("GET")).call)
