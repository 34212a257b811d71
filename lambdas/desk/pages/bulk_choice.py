"""Reads the choice of a user on the page of many orders: the orders, and the act."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from lambdas.bulk.instruction import OF_AN_ACTION, BulkVerb, Instruction
from lambdas.bulk.selection import MOST_NUMBERS, OrderState, Selection, Window
from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.orders.contact.text import line
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.table.list_filters import OrderFilter

_MOST_TEXT = 200
_ID = re.compile(r"[1-9][0-9]{0,14}")


class ChoiceError(Exception):
    """The choice cannot be read. The text is for the user."""


def read_instruction(typed: Mapping[str, str]) -> Instruction:
    """The act, with what it needs and nothing else. Raises ChoiceError."""
    try:
        verb = BulkVerb(typed.get("verb", ""))
    except ValueError:
        raise ChoiceError("Choose what is done with the orders.") from None
    action = _number(typed, "target", "action") if verb in {*OF_AN_ACTION, BulkVerb.RETRY} else None
    if verb in OF_AN_ACTION and action is None:
        raise ChoiceError(f"Choose the action to {verb.value}.")
    step = _number(typed, "to_step", "step") if verb is BulkVerb.MOVE else None
    if verb is BulkVerb.MOVE and step is None:
        raise ChoiceError("Choose the step that the orders go to.")
    user = _text(typed, "person") if verb is BulkVerb.ASSIGN else ""
    if verb is BulkVerb.ASSIGN and not user:
        raise ChoiceError("Say who gets what waits: the name of a user.")
    return Instruction(verb=verb, order_action_id=action, step_id=step, user=user)


def read_selection(typed: Mapping[str, str]) -> Selection:
    """The orders by number, or the filter. Raises ChoiceError."""
    numbers = re.split(r"[\s,;]+", typed.get("orders", "").strip())
    if numbers != [""]:
        return _of_numbers([number.removeprefix("#") for number in numbers])
    queue, step = _number(typed, "queue", "queue"), _number(typed, "step", "step")
    action, because = _number(typed, "waits_in", "action"), _text(typed, "because")
    state = typed.get("state", "")
    if state and state not in list(OrderState):
        raise ChoiceError("Choose the state from the list.")
    if not any((queue, step, action, because, state)):
        raise ChoiceError("Name orders, or choose at least a queue, a step, a state, an action or a reason.")
    listed = OrderFilter(
        order_queue_id=queue,
        order_step_id=step,
        step_status=None if step else StepStatus.ORDINARY,
        min_ts=_moment(typed, "received_from"),
        max_ts=_moment(typed, "received_until"),
    )
    return Selection(
        listed=listed,
        state=OrderState(state) if state else None,
        waits_in_action=action,
        waits_because=because or None,
        window=_window(typed),
    )


def _of_numbers(numbers: list[str]) -> Selection:
    if not all(map(_ID.fullmatch, numbers)):
        raise ChoiceError("Order numbers are digits, with a space or a comma between them.")
    distinct = tuple(dict.fromkeys(numbers))
    if len(distinct) > MOST_NUMBERS:
        raise ChoiceError(f"These are {len(distinct):,} orders. Name at most {MOST_NUMBERS:,}, or use the filter.")
    return Selection(order_ids=distinct)


def _window(typed: Mapping[str, str]) -> Window | None:
    begins_at, ends_at = _moment(typed, "stuck_from"), _moment(typed, "stuck_until")
    if begins_at is None and ends_at is None:
        return None
    return Window(begins_at=begins_at or 0, ends_at=2**40 if ends_at is None else ends_at)


def _number(typed: Mapping[str, str], name: str, what: str) -> int | None:
    said = typed.get(name, "")
    if said and not _ID.fullmatch(said):
        raise ChoiceError(f"Choose the {what} from the list.")
    return int(said) if said else None


def _moment(typed: Mapping[str, str], name: str) -> int | None:
    """`2026-11-27T14:00`, as browsers send a time; here in UTC."""
    said = typed.get(name, "").strip()
    if not said:
        return None
    try:
        return max(0, int(datetime.fromisoformat(said[:19]).replace(tzinfo=UTC).timestamp()))
    except ValueError:
        raise ChoiceError("Write times like 2026-11-27T14:00, in UTC.") from None


def _text(typed: Mapping[str, str], name: str) -> str:
    said = typed.get(name, "")
    if has_card_number(said):
        raise ChoiceError("What you typed contains a card number. Remove it: it must not be kept here.")
    try:
        found = line(said)
    except UnfitError as unfit:
        raise ChoiceError(f"What you typed {unfit}.") from None
    if len(found) > _MOST_TEXT:
        raise ChoiceError(f"What you typed has more than {_MOST_TEXT} characters. Shorten it.")
    return found
