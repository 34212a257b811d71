"""Ports of this machine's loopback interface, and what answers on them."""

import socket
from http.client import HTTPConnection, HTTPException


def free_port(wanted: int = 0) -> int:
    """This port of the loopback interface if nobody has it, else another one."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: a port in TIME_WAIT is free
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answer_of(method: str, port: int, path: str, timeout_seconds: float) -> tuple[int, bytes] | None:
    """Status and content of what a server on this machine answers; None when there is no answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout_seconds)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
