"""What kinds of steps there are. By itself, because every start of a function needs it and few need queues."""

from enum import IntEnum


class StepStatus(IntEnum):
    """What kind of step it is; a step's name is only a label."""

    ORDINARY = 0
    LEADS = 1
    COMPLETE = 2
    CANCELED = 3
