"""The points of the stream's readers: around what they start, answer, run and tell; and batches that come twice."""

import importlib
from typing import Any

from lambdas.orders.machine import Answer, StepFunctionsMachine
from lambdas.orders.model.order import Order
from lambdas.orders.model.waits import WaitKey, WaitKind
from lambdas.runtime.items import from_item
from tests.faults.dying import MARK, TWICE, Call, around, now, reached, switch_here

_tokens: dict[str, tuple[str, str]] = {}


def install() -> None:
    """Put the points into the relay that this process runs."""
    relay = importlib.import_module("lambdas.outbox.relay")
    real_answers: Call = relay.answers

    def answers(old: Order, new: Order) -> dict[str, Answer]:
        found: dict[str, Answer] = real_answers(old, new)
        for key, wait in old.waits.items():
            if wait.token in found:
                _tokens[wait.token] = (str(new.info.get(MARK, "")), _answered(key, new, found[wait.token]))
        return found

    setattr(relay, "answers", answers)  # noqa: B010 - the name is imported there, not made
    _of_order(StepFunctionsMachine, "start", "the machine's start")
    _of_order(StepFunctionsMachine, "run", "a run beside the machine")
    _answering()


def install_announcer() -> None:
    """Put the points into the announcer that this process runs."""
    around(importlib.import_module("lambdas.outbox.bus").EventBridgeBus, "put", "before the events", "after the events")


def _answered(key: str, order: Order, answer: Answer) -> str:
    """Who or what is behind the answer to a wait."""
    if answer is Answer.CANCELED:
        return "the cancel"
    if WaitKey(key).kind is WaitKind.GATE:
        return "a gate"
    if answer is Answer.SKIPPED:
        return "a skip"
    action = order.actions.get(key)
    return "the receiver's answer" if action and "status" in action.input else "a person's process"


def _of_order(owner: type, name: str, what: str) -> None:
    original: Call = getattr(owner, name)

    def call(machine: Any, order: Order, *more: Any) -> Any:
        mark = str(order.info.get(MARK, ""))
        reached(f"before {what}", mark)
        result = original(machine, order, *more)
        reached(f"after {what}", mark)
        return result

    setattr(owner, name, call)


def _answering() -> None:
    original: Call = StepFunctionsMachine.answer

    def answer(machine: StepFunctionsMachine, token: str, said: Answer) -> None:
        mark, what = _tokens.pop(token, ("", ""))
        reached(f"before answering {what}", mark)
        original(machine, token, said)
        reached(f"after answering {what}", mark)

    setattr(StepFunctionsMachine, "answer", answer)  # noqa: B010 - as above


def relayed(real: Call, event: dict[str, Any], context: Any) -> Any:
    """A batch; twice if one of its orders is armed for that: the stream may tell everything twice."""
    images = [record["dynamodb"]["NewImage"] for record in event["Records"] if "NewImage" in record["dynamodb"]]
    marks = {str(from_item({"info": image["info"]})["info"].get(MARK, "")) for image in images}
    now.update(phase="", key=next((mark for mark in marks if _armed_for_events(mark)), ""))
    again = [mark for mark in marks if switch_here(TWICE, mark).exists()]
    for mark in again:
        switch_here("met " + TWICE, mark).touch()
    if again:
        real(event, context)
    return real(event, context)


def _armed_for_events(mark: str) -> bool:
    return any(switch_here(point, mark).exists() for point in ("before the events", "after the events"))
