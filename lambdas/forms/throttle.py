"""How often one thing may be done on these pages. Counting fails open: without its table nobody is refused."""

import hashlib

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.forms.door import Door
from lambdas.runtime.observe import MetricUnit, log_unexpected, metrics

_COUNTED = "all"


def is_too_often(door: Door, what: str, by: str, *, limit: int, seconds: int) -> bool:
    """Count it; whether it was done more often than that. `by` is kept as a digest only."""
    name = f"{what}#{hashlib.sha256(by.encode()).hexdigest()}"
    try:
        window = door.windows.count(name, _COUNTED, seconds=seconds, now=door.now())
    except (BotoCoreError, ClientError) as error:
        metrics.add_metric("GuardFailures", MetricUnit.Count, 1)
        log_unexpected("the guard table did not answer", error)
        return False
    return window.of(_COUNTED) > limit
