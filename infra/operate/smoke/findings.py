"""Findings of the checks, one line each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import httpx
from botocore.exceptions import BotoCoreError, ClientError


class Verdict(StrEnum):
    """LOOK: it works, but an operator must know it. NOT_ASKED: this stage or engine cannot show it."""

    RIGHT = "right"
    LOOK = "look"
    WRONG = "WRONG"
    NOT_ASKED = "not asked"


# Error codes of an engine that has no such call.
NO_SUCH_CALL = frozenset({"UnknownOperationException", "InvalidAction", "NotImplemented", "501"})


@dataclass(frozen=True)
class Finding:
    about: str
    verdict: Verdict
    text: str


Check = Callable[[], Iterator[Finding]]


def found_by(about: str, check: Check) -> Iterator[Finding]:
    """Yield the findings of a check. A check that fails is a finding itself and stops no other."""
    try:
        yield from check()
    except (BotoCoreError, ClientError, httpx.HTTPError) as error:
        yield Finding(about, Verdict.WRONG, f"could not be asked: {type(error).__name__}: {error}")
