"""The user who asked for the work of this moment, for records of it. It is never a client."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_user: ContextVar[str] = ContextVar("user", default="")


@contextmanager
def asked_by(user: str) -> Iterator[None]:
    """Record this user with all that is done within."""
    token = _user.set(user)
    try:
        yield
    finally:
        _user.reset(token)


def asking_user() -> str:
    """The user; empty: nobody who is known by name."""
    return _user.get()


def asking_function() -> str:
    """The function, by its handler, such as `api` or `actions.generate_invoice`."""
    return os.environ.get("POWERTOOLS_SERVICE_NAME", "")
