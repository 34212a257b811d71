"""A stand-in's server on a free port of this machine. It can go away and come back, as a company's does."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class StandInServer:
    def __init__(self, handler: "type[Served]") -> None:
        self._server = _Server(_free_port(), handler, self)
        self._begin()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def go_away(self) -> None:
        """Refuse connections, until `come_back`."""
        self._server.shutdown()
        self._serving.join()
        self._server.socket.shutdown(socket.SHUT_RD)

    def come_back(self) -> None:
        self._server.socket.listen(self._server.request_queue_size)
        self._begin()

    @contextmanager
    def away(self) -> Iterator[None]:
        self.go_away()
        try:
            yield
        finally:
            self.come_back()

    def close(self) -> None:
        if self._serving.is_alive():
            self._server.shutdown()
            self._serving.join()
        self._server.server_close()

    def _begin(self) -> None:
        self._serving = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._serving.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, handler: Any, stand_in: StandInServer) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.stand_in = stand_in


class Served(BaseHTTPRequestHandler):
    """One call a connection, so that a fault meets one call."""

    def log_message(self, format: str, *args: object) -> None:
        pass

    def send_text(self, status: int, kind: str, text: str, **headers: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


def _free_port() -> int:
    """Bound by its number, which the socket then keeps while it does not listen."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
