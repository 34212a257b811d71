"""Wakes the actions that waited for the end of a pause, some at a time: the module behind them has just come back."""

from collections.abc import Callable

from lambdas.orders.decisions.paused import is_settled
from lambdas.orders.errors import OrderNotFoundError
from lambdas.orders.model.order import Order
from lambdas.orders.pauses import Pause
from lambdas.records.pauses.errors import PausesChangedError
from lambdas.records.pauses.pause import PauseRecords
from lambdas.runtime.telemetry import log_unexpected, logger

_LISTED_SECONDS = 120  # a run that read the pause just before its end may still write that it waits

Resume = Callable[[str, int], Order]
"""Ask for the run of an action that waited: by the order's id and the action's. Gives the order as it is then."""


def wake_all(pauses: PauseRecords, resume: Resume, now: int, *, most: int) -> int:
    """Wake what waited for pauses that are over, and take those off the list that nothing waits for; return how many actions.

    May be repeated, and by two at once.
    """
    woken, listed = 0, pauses.listed()
    held = {(each.kind, each.name) for each in listed if each.is_active(now)}
    for pause in listed:
        if pause.is_active(now) or (pause.kind, pause.name) in held:  # paused again: they would only wait again
            continue
        found = wake_waiting(pauses, pause, resume, most=most - woken) if woken < most else 1
        woken += found
        if not found and now >= (pause.over_at or pause.ends_at) + _LISTED_SECONDS:
            _drop(pauses, pause)
    return woken


def wake_waiting(pauses: PauseRecords, pause: Pause, resume: Resume, *, most: int) -> int:
    """Wake some of what waited for this pause; return how many actions were found waiting."""
    waiting = pauses.waiting_for(pause, most)
    for each in waiting:
        try:
            over = is_settled(resume(each.order_id, each.action_id), each.action_id)
        except OrderNotFoundError:
            over = True
        except Exception as error:  # noqa: BLE001 - the others wait too, and the next sweep finds this one again
            log_unexpected("action not woken after a pause", error, order_id=each.order_id)
            continue
        if over:
            pauses.forget_waiting(pause, each)
    if waiting:
        logger.info("actions woken after a pause", count=len(waiting), pause=pause.pause_id)
    return len(waiting)


def _drop(pauses: PauseRecords, pause: Pause) -> None:
    try:
        pauses.drop(pause.pause_id)
    except PausesChangedError:
        logger.info("pause stays listed until the next sweep", pause=pause.pause_id)
