"""The queue that each order form feeds. Other doors know no more of forms."""

import tomllib
from functools import cache

from lambdas.orders.model.queue import QUEUES_ROOT


@cache
def queue_of_form() -> dict[str, str]:
    """The folder of its queue, by the form's name."""
    files = sorted(QUEUES_ROOT.glob("*/form*.toml"))
    return {str(tomllib.loads(file.read_text("utf-8"))["name"]): file.parent.name for file in files}
