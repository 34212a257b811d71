"""How long the guard table is asked for, by a real socket: what only helps is given up soon, and seldom tried again."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import pytest

from lambdas.rate_limits.fail_open import ask_guard_table
from lambdas.rate_limits.windows import Windows
from lambdas.runtime import aws

ANSWERS = {"silent": b"", "throttling": b'{"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException"}'}
MOST_SECONDS = 6  # an API call asks it some four times at most, and may run for 29 seconds


@contextmanager
def a_table(answer: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """A server that takes each request and gives this answer, or none, to all of them."""
    asked: list[bytes] = []

    def serve(server: socket.socket) -> None:
        open_: list[socket.socket] = []
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                open_.append(connection)
                asked.append(connection.recv(65_536))
                if answer:
                    head = f"HTTP/1.1 400 Bad Request\r\nContent-Length: {len(answer)}\r\nConnection: close\r\n\r\n"
                    connection.sendall(head.encode() + answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=serve, args=(server,), daemon=True).start()
        yield server.getsockname()[1], asked


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    def at(port: int) -> None:
        for name, value in {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "us-east-1"}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://127.0.0.1:{port}")
        aws._session.cache_clear()
        aws.guard_dynamodb.cache_clear()

    yield at
    aws._session.cache_clear()
    aws.guard_dynamodb.cache_clear()


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=list(ANSWERS))
def test_a_guard_table_that_does_not_answer_is_given_up_in_seconds(fresh: Callable[[int], None], answer: bytes) -> None:
    with a_table(answer) as (port, asked):
        fresh(port)
        began = time.monotonic()
        assert ask_guard_table(lambda: Windows("guards").count("x", "y", seconds=60, now=1)) is None
        took = time.monotonic() - began

    assert took < MOST_SECONDS
    assert 1 <= len(asked) <= 2
