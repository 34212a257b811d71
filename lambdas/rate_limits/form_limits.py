"""Limits of the order forms. One conditional write counts or refuses; without an answer of the table nobody is refused."""

import hashlib

from lambdas.rate_limits.fail_open import ask_guard_table
from lambdas.rate_limits.failures import Limit
from lambdas.rate_limits.windows import Windows
from lambdas.runtime.models import Frozen

_HOUR, _DAY = 3_600, 86_400


class FormLimits(Frozen):
    """`leads_of_source`: orders begun from one address, or one IPv6 /64; an office may share it.

    `leads_of_address`: orders begun for one e-mail address. `mails_of_address`: mails about form orders to one address.
    """

    leads_of_source: Limit = Limit(most=20, seconds=_HOUR)
    leads_of_address: Limit = Limit(most=10, seconds=_DAY)
    mails_of_address: Limit = Limit(most=8, seconds=_DAY)


def is_admitted(windows: Windows, what: str, by: str, limit: Limit, now: int) -> bool:
    """Whether it may be done once more; if so, it is counted. `by` is kept as a digest only, in whatever case."""
    name = f"{what}#{hashlib.sha256(by.strip().casefold().encode()).hexdigest()}"
    return ask_guard_table(lambda: windows.admit(name, limit.most, seconds=limit.seconds, now=now)) is not False
