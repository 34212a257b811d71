"""Asks for several names side by side, and waits no longer than a page may take."""

import time
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from threading import Lock, Thread

from lambdas.registrar.rdap import RdapRegistrar
from lambdas.registrar.registrar import NoRegistrar, Registrar, Standing
from lambdas.registrar.sandbox import SandboxRegistrar
from lambdas.runtime.telemetry import logger

PATIENCE_SECONDS = 3.0
KEPT_SECONDS = 300
_MOST_KEPT = 2_000
SANDBOX, NOBODY = "sandbox", "nobody"
_REGISTRARS: dict[str, Callable[[], Registrar]] = {
    NOBODY: NoRegistrar,
    SANDBOX: SandboxRegistrar,
    "rdap": RdapRegistrar,
}


class Lookups:
    """Answers are kept for five minutes in the process, but not that nobody could say. What comes too late is unknown."""

    def __init__(
        self,
        registrar: Registrar,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registrar, self._patience, self._now = registrar, patience_seconds, now
        self._kept: dict[str, tuple[float, Standing]] = {}
        self._lock = Lock()

    def known(self, names: Iterable[str]) -> dict[str, Standing]:
        """Answers of the last minutes; nobody is asked."""
        found = {name: self._kept[name] for name in names if name in self._kept}
        return {name: standing for name, (until, standing) in found.items() if self._now() < until}

    def look_up(self, names: Iterable[str]) -> dict[str, Standing]:
        """How each of these names stands."""
        wanted = tuple(dict.fromkeys(names))
        known = self.known(wanted)
        asked = self._ask([name for name in wanted if name not in known])
        return {name: known.get(name) or asked.get(name, Standing.UNKNOWN) for name in wanted}

    def _ask(self, names: list[str]) -> dict[str, Standing]:
        answers: SimpleQueue[tuple[str, Standing]] = SimpleQueue()
        found: dict[str, Standing] = {}
        for name in names:
            Thread(target=lambda name=name: answers.put((name, self._answer(name))), daemon=True).start()
        until = time.monotonic() + self._patience
        while len(found) < len(names):
            try:
                name, standing = answers.get(timeout=max(0.0, until - time.monotonic()))
            except Empty:
                break
            found[name] = standing
        if len(found) < len(names) or Standing.UNKNOWN in found.values():
            logger.info("domain names unknown", asked=len(names), late=len(names) - len(found))
        return found

    def _answer(self, name: str) -> Standing:
        try:
            standing = self._registrar.ask(name)
        except Exception:  # noqa: BLE001 - a thread has nobody to raise to, and a name that failed is unknown
            return Standing.UNKNOWN
        self._keep(name, standing)
        return standing

    def _keep(self, name: str, standing: Standing) -> None:
        """Also what comes too late for its page, for the next one."""
        if standing is Standing.UNKNOWN:
            return
        with self._lock:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[name] = (self._now() + KEPT_SECONDS, standing)


def lookups_of(registrar: str) -> Lookups:
    """`registrar`: the stage's setting."""
    return Lookups(_REGISTRARS[registrar]())
