"""A receiver that sends a byte now and then is not waited for beyond the time its call may take."""

import socket
import time
from contextlib import suppress
from threading import Event, Thread

import pytest

from lambdas.actions._frame.module import TransientError
from lambdas.actions._frame.webhook import post


@pytest.mark.parametrize("begun", [b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_a_receiver_cannot_hold_a_function_by_dripping(begun: bytes) -> None:
    over = Event()

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection, suppress(OSError):
            connection.sendall(begun)
            while not over.wait(0.1):
                connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=drip, args=(server,), daemon=True).start()
        begun_at = time.monotonic()
        with pytest.raises(TransientError, match="did not answer"):
            post(f"http://127.0.0.1:{server.getsockname()[1]}/", {}, key="k", secret="s", now=1, timeout_seconds=1)
        assert time.monotonic() - begun_at < 4
        over.set()
