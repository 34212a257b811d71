"""How often one thing may be done on these pages. Counting fails open: without its table nobody is refused."""

import hashlib

from lambdas.forms.door import Door
from lambdas.guards.attempts import attempt

_COUNTED = "all"


def is_too_often(door: Door, what: str, by: str, *, limit: int, seconds: int) -> bool:
    """Count it; whether it was done more often than that. `by` is kept as a digest only."""
    name = f"{what}#{hashlib.sha256(by.encode()).hexdigest()}"
    window = attempt(lambda: door.windows.count(name, _COUNTED, seconds=seconds, now=door.now()))
    return window is not None and window.of(_COUNTED) > limit
