"""The user who asked for the work of this moment, for records of it, never a client; and the source that a visitor asked from."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_user: ContextVar[str] = ContextVar("user", default="")
_source: ContextVar[str] = ContextVar("source", default="")


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


@contextmanager
def asked_from(source: str) -> Iterator[None]:
    """`source`: the address that somebody unknown asks from, as the door saw it."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)


def asking_source() -> str:
    """The address; empty: no visitor asks, or it is not known."""
    return _source.get()


def asking_function() -> str:
    """The function, by its handler, such as `api` or `actions.generate_invoice`."""
    return os.environ.get("POWERTOOLS_SERVICE_NAME", "")
