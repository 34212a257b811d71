"""The question to a registrar, and its answers."""

from enum import StrEnum
from typing import Protocol


class Standing(StrEnum):
    """How a name stands. `PREMIUM`: free, at a price of its own. `UNKNOWN`: nobody could say; never to be shown as free."""

    FREE = "free"
    TAKEN = "taken"
    PREMIUM = "premium"
    UNKNOWN = "unknown"


class Registrar(Protocol):
    """Answers for one name, in ASCII and lower case, directly below an ending such as `com` or `co.uk`. It never raises for what
    it cannot find out."""

    def ask(self, name: str) -> Standing: ...


class NoRegistrar:
    """Of a stage that asks nobody: the order's action finds out."""

    def ask(self, name: str) -> Standing:
        return Standing.UNKNOWN
