"""Limits failed logins, by name and by source.

Counting fails open: without its table nobody is refused, and the metric GuardFailures counts it.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from lambdas.access.errors import TooManyLoginsError
from lambdas.rate_limits.failures import Attempt, Failures, Key, Limit, LimitReached
from lambdas.rate_limits.windows import Windows
from lambdas.runtime.telemetry import MetricUnit, metrics

T = TypeVar("T")
LOGIN_WINDOW_SECONDS = 300
FAILED_LOGINS_OF_ONE = 10  # of one user from one source in a window
_MOST_PROVEN = 1_000


@dataclass(frozen=True)
class _Proven:
    """`until`: then the login is counted again. `found_until`: then `found` is looked for again."""

    until: int
    found: Any
    found_until: int


class LoginLimits:
    """`now` gives Unix seconds. `failed_logins_of_source`: of all names together from one source, in a window.

    `kept_seconds`: how long a login from the same source finds its user without a read. A right that the user loses ends that
    much later.
    """

    def __init__(
        self, windows: Windows, now: Callable[[], int], *, failed_logins_of_source: int, kept_seconds: int = 0
    ) -> None:
        self._now, self._failed_logins_of_source = now, failed_logins_of_source
        self._logins = Failures(windows, "logins", now)
        self._kept_seconds = kept_seconds
        self._proven: dict[bytes, _Proven] = {}  # by a digest of user and source that nobody can read back
        self._seal = secrets.token_bytes(32)

    def log_in(self, name: str, *, source: str, look: Callable[[], T | None], secret: str = "") -> T | None:
        """Return what `look` finds. None: the login failed. That counts against the source, and against this name from it.

        Raises TooManyLoginsError if too many failed; then `look` is not called. A name is never locked for every source, or
        anybody could lock its owner out. A login with the `secret` that succeeded in the last minutes is not counted, which
        saves the writes. In the last seconds it is not looked at either.
        """
        proof = hmac.digest(self._seal, f"{source}\n{name}\n{secret}".encode(), "sha256") if secret else b""
        proven = self._proven.get(proof)
        if proven and proven.found_until > self._now():
            known: T = proven.found
            return known
        if proven and proven.until > self._now() and (found := look()) is not None:
            self._remember(proof, found, until=proven.until)
            return found
        trial = self._logins.begin(
            (
                Key("name", f"{source}\n{name}", Limit(most=FAILED_LOGINS_OF_ONE, seconds=LOGIN_WINDOW_SECONDS)),
                Key("source", source, Limit(most=self._failed_logins_of_source, seconds=LOGIN_WINDOW_SECONDS)),
            )
        )
        if isinstance(trial, LimitReached):
            metrics.add_metric("FailedLogins", MetricUnit.Count, 1)
            raise TooManyLoginsError(trial.seconds_left)
        found = self._look(look, trial)
        if proof and found is not None:
            self._remember(proof, found, until=self._now() + LOGIN_WINDOW_SECONDS)
        return found

    def _look(self, look: Callable[[], T | None], trial: Attempt) -> T | None:
        is_wrong = False
        try:
            found = look()
            is_wrong = found is None
        finally:
            (trial.on_failure if is_wrong else trial.on_success)()
        if is_wrong:
            metrics.add_metric("FailedLogins", MetricUnit.Count, 1)
        return found

    def _remember(self, proof: bytes, found: Any, *, until: int) -> None:
        if len(self._proven) >= _MOST_PROVEN:
            self._proven.clear()
        self._proven[proof] = _Proven(until, found, self._now() + self._kept_seconds)

    def check_login(self, caller: str, login: str, look: Callable[[], T | None]) -> T | None:
        """`log_in` for `uber.check_login`: each login that this user of the API asks for counts separately.

        All clients of a shop come from its one address, so there is no limit for all of them together.
        """
        return self.log_in(login, source=f"check_login#{caller}#{login}", look=look)
