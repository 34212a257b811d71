"""The kinds of steps. A module of its own, because every function needs it at start and few need queues."""

from enum import IntEnum


class StepStatus(IntEnum):
    """The kind of a step. Its name is only a label."""

    ORDINARY = 0
    LEADS = 1
    COMPLETE = 2
    CANCELED = 3
