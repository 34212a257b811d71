"""The port of the register of VAT numbers, and its answers."""

from enum import StrEnum
from typing import Protocol

from lambdas.runtime.models import Frozen


class Standing(StrEnum):
    """`UNAVAILABLE`: nobody could say. It never takes a tax off."""

    VALID = "valid"
    INVALID = "invalid"
    UNAVAILABLE = "unavailable"


class Answer(Frozen):
    """`consultation`: the register's name for its answer, which proves that it was asked; empty if it gave none."""

    standing: Standing
    consultation: str = ""


UNAVAILABLE = Answer(standing=Standing.UNAVAILABLE)


class Register(Protocol):
    """Asks for one number, with its prefix and without blanks. `requester`: the seller's own number, without which there is no
    consultation number. It never raises for what it cannot find out."""

    def ask(self, number: str, requester: str) -> Answer: ...
