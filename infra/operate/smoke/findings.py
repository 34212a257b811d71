"""What was found, one line each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import httpx
from botocore.exceptions import BotoCoreError, ClientError


class Verdict(StrEnum):
    """LOOK: works so far, and somebody has to know it. NOT_ASKED: this stage or engine cannot say."""

    RIGHT = "right"
    LOOK = "look"
    WRONG = "WRONG"
    NOT_ASKED = "not asked"


@dataclass(frozen=True)
class Finding:
    about: str
    verdict: Verdict
    text: str


Check = Callable[[], Iterator[Finding]]


def found_by(about: str, check: Check) -> Iterator[Finding]:
    """What a check finds. One that cannot ask is a finding itself, and stops no other."""
    try:
        yield from check()
    except (BotoCoreError, ClientError, httpx.HTTPError) as error:
        yield Finding(about, Verdict.WRONG, f"could not be asked: {type(error).__name__}: {error}")
