"""Tracks the threads of one execution, so that all of them can be stopped at once.

The engine walks an execution with threads: one for the machine, one for each branch of a `Parallel`. A scope belongs
to each of them. Stopping a scope stops the scopes below it and wakes threads that sleep or wait for a task token. The next step
of each thread raises `Stopped`.
"""

import contextvars
import threading


class Stopped(BaseException):
    """This thread's execution or branch is over; not an error of the machine, so nothing may catch it as one."""


class Scope:
    """One execution, or one `Parallel` within it."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._children: set[Scope] = set()
        self._waits: set[threading.Event] = set()

    def child(self) -> "Scope":
        """A scope that is stopped with this one."""
        made = Scope()
        with self._lock:
            self._children.add(made)
        if self._stopped.is_set():
            made.stop()
        return made

    def forget(self, child: "Scope") -> None:
        """Let go of a child that is over."""
        with self._lock:
            self._children.discard(child)

    def stop(self) -> None:
        """Stop everything in this scope, and below it."""
        self._stopped.set()
        with self._lock:
            waits, children = list(self._waits), list(self._children)
        for event in waits:
            event.set()
        for child in children:
            child.stop()

    def sleep(self, seconds: float) -> None:
        """Sleep; raise `Stopped` when the scope is, or gets, stopped."""
        if self._stopped.wait(seconds):
            raise Stopped

    def check(self) -> None:
        """Raise `Stopped` if the scope is stopped."""
        if self._stopped.is_set():
            raise Stopped

    def wait_for(self, event: threading.Event, seconds: float) -> bool:
        """Wait for the event; raise `Stopped` when the scope is, or gets, stopped."""
        with self._lock:
            self._waits.add(event)
        try:
            self.check()
            happened = event.wait(seconds)
            self.check()
            return happened
        finally:
            with self._lock:
                self._waits.discard(event)


_current: contextvars.ContextVar[Scope | None] = contextvars.ContextVar("orderq_scope", default=None)


def current() -> Scope:
    """The scope of this thread; one of its own when nothing started it as part of an execution (`TestState`)."""
    return _current.get() or Scope()


def enter(scope: Scope) -> None:
    """Make this the scope of the current thread."""
    _current.set(scope)
