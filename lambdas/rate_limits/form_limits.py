"""How much may be done on order forms. Counted first and refused then, each by one conditional write; it fails open."""

import hashlib

from lambdas.rate_limits.fail_open import attempt
from lambdas.rate_limits.failures import Limit
from lambdas.rate_limits.windows import Windows
from lambdas.runtime.models import Frozen

_HOUR, _DAY = 3_600, 86_400


class FormLimits(Frozen):
    """`leads_of_source`: orders begun from one address, an IPv6 /64 as one; people of an office may share it.
    `leads_of_address`: orders begun for one e-mail address. `mails_of_address`: mails that orders of forms send to one."""

    leads_of_source: Limit = Limit(most=20, seconds=_HOUR)
    leads_of_address: Limit = Limit(most=10, seconds=_DAY)
    mails_of_address: Limit = Limit(most=8, seconds=_DAY)


def is_admitted(windows: Windows, what: str, by: str, limit: Limit, now: int) -> bool:
    """Whether it may be done once more; if so it is counted. `by` is kept as a digest only, however it is capitalized."""
    name = f"{what}#{hashlib.sha256(by.strip().casefold().encode()).hexdigest()}"
    return attempt(lambda: windows.admit(name, limit.most, seconds=limit.seconds, now=now)) is not False
