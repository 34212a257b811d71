"""Limits of the order forms. One conditional write counts or refuses; without an answer of the table nobody is refused."""

import hashlib

from pydantic import Field

from lambdas.rate_limits.fail_open import ask_guard_table
from lambdas.rate_limits.failures import Limit
from lambdas.rate_limits.windows import Windows
from lambdas.runtime.models import Frozen

_HOUR, _DAY = 3_600, 86_400


class FormLimits(Frozen):
    """Limits of somebody who uses the order forms."""

    leads_of_source: Limit = Field(
        Limit(most=20, seconds=_HOUR),
        description="Orders begun from one address, or one IPv6 /64. Several clients of one office may share it.",
    )
    leads_of_address: Limit = Field(Limit(most=10, seconds=_DAY), description="Orders begun for one e-mail address.")
    looks_of_source: Limit = Field(
        Limit(most=60, seconds=_HOUR),
        description="Looks for domain names from one address, each for 20 names or so. Over it, names are unknown.",
    )
    mails_of_address: Limit = Field(
        Limit(most=8, seconds=_DAY), description="Mails about orders of forms to one address."
    )


def is_admitted(windows: Windows, what: str, by: str, limit: Limit, now: int) -> bool:
    """Whether it may be done once more; if so, it is counted. `by` is kept as a digest only, in whatever case."""
    name = f"{what}#{hashlib.sha256(by.strip().casefold().encode()).hexdigest()}"
    return ask_guard_table(lambda: windows.admit(name, limit.most, seconds=limit.seconds, now=now)) is not False
