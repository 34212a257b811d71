"""Makes writes to tables happen one after another.

AWS: a write to an item is atomic, even among others at the same moment.
The engine serves HTTP in one thread and a machine's tasks in others. Each write reads the item, decides and stores it without a
lock. Of two writes at once, one is lost although both were answered with success.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html (conditional writes, atomic counters)
"""

import functools
import threading
from collections.abc import Callable
from typing import Any

from ministack.services import dynamodb

from infra.local.engine.patching import wrap

Call = Callable[..., Any]
WRITES = ("_put_item", "_update_item", "_delete_item", "_batch_write_item", "_transact_write_items")
_one_at_a_time = threading.RLock()


def apply() -> None:
    """Let one write in at a time."""
    for name in WRITES:
        wrap(dynamodb, name, alone)


def alone(original: Call) -> Call:
    """The call, while no other writes."""

    @functools.wraps(original)
    def write(*args: Any, **kwargs: Any) -> Any:
        with _one_at_a_time:
            return original(*args, **kwargs)

    return write
