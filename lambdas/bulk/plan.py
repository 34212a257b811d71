"""The plan for one order: what a run would do with it, or why it would refuse. The preview and the run both call it."""

from collections.abc import Iterable
from dataclasses import dataclass

from lambdas.bulk.acts import WHOLE_ORDER, acts_of
from lambdas.bulk.held_back import in_words, pause_of
from lambdas.bulk.instruction import BulkVerb, Instruction
from lambdas.bulk.money import MoneyEffect, money_of
from lambdas.bulk.permit import UsersPermit
from lambdas.bulk.service_calls import Signature, act
from lambdas.orders.decisions.operator import moves
from lambdas.orders.errors import OrderError
from lambdas.orders.model.order import Order
from lambdas.orders.pauses import Pause
from lambdas.orders.service import OrderService

NOTHING_TO_DO = "nothing_to_do"
_TRIED = Signature(by="preview", reason="preview")  # a run always has a reason
_WORDS = {
    BulkVerb.PROCESS: "process",
    BulkVerb.RETRY: "process again",
    BulkVerb.SKIP: "skip",
}
_NOTHING = {
    BulkVerb.PROCESS: "it has no such action that can be processed now",
    BulkVerb.RETRY: "nothing of it failed or waits to be tried again",
    BulkVerb.SKIP: "it has no such action that can be skipped now",
    BulkVerb.CANCEL: "it is canceled already",
    BulkVerb.MOVE: "it is in that step already",
    BulkVerb.ASSIGN: "all that waits on it is in the user's hands already",
}
_ASKED = "a run of its action was requested already"


@dataclass(frozen=True)
class Plan:
    """`acts`: ids of actions, or WHOLE_ORDER. `does`: the acts in words. `paused`: what it then waits for, in words."""

    acts: tuple[int, ...]
    does: str
    money: MoneyEffect
    paused: str = ""


@dataclass(frozen=True)
class Refusal:
    """`kind`: a stable word for programs. `reason`: for people, without the order's number, so that equal ones are one."""

    kind: str
    reason: str


def plan_order(
    trial: OrderService,
    order: Order,
    instruction: Instruction,
    permit: UsersPermit,
    *,
    without: frozenset[int] = frozenset(),
    pauses: Iterable[Pause] = (),
) -> Plan | Refusal:
    """`trial`: the verbs that write nothing (`as_trial`). `without`: acts that were done before. `pauses`: active ones."""
    try:
        permit.require(instruction.rights, order)
        if instruction.verb is BulkVerb.ASSIGN:
            permit.require_assignee(order)
    except OrderError as refused:
        return _refusal(refused, order)
    wanted = tuple(action_id for action_id in acts_of(order, instruction) if action_id not in without)
    acts, first = _try_acts(trial, order, instruction, permit, wanted)
    if not acts:
        return first or Refusal(NOTHING_TO_DO, _nothing(order, instruction, wanted))
    money = money_of(order, instruction.verb, acts)
    pause = pause_of(order, instruction, acts, money.kind, pauses=pauses, modules=trial.modules)
    return Plan(acts, _does(order, instruction, acts), money, in_words(pause))


def _try_acts(
    trial: OrderService, order: Order, instruction: Instruction, permit: UsersPermit, wanted: tuple[int, ...]
) -> tuple[tuple[int, ...], Refusal | None]:
    """The acts that the order takes, one after the other, and the first refusal."""
    kept, first = list[int](), None
    current = order
    for action_id in wanted:
        try:
            after = act(trial, current, action_id, instruction=instruction, signature=_TRIED, permit=permit)
        except OrderError as refused:
            first = first or _refusal(refused, order)
            continue
        if after is not current:
            kept.append(action_id)
        current = after
    return tuple(kept), first


def _nothing(order: Order, instruction: Instruction, wanted: tuple[int, ...]) -> str:
    asked = instruction.verb in (BulkVerb.PROCESS, BulkVerb.RETRY) and wanted
    return _ASKED if asked else _NOTHING.get(instruction.verb, "nothing would change")


def _does(order: Order, instruction: Instruction, acts: tuple[int, ...]) -> str:
    if acts != (WHOLE_ORDER,):
        names = (f"{order.actions[str(action_id)].name} ({action_id})" for action_id in acts)
        return f"{_WORDS[instruction.verb]} {', '.join(names)}"
    if instruction.verb is BulkVerb.ASSIGN:
        return f"give what waits on the order to {instruction.user}"
    if instruction.verb is not BulkVerb.MOVE:
        return f"{instruction.verb.value} the order"
    step = moves.step_of(order, step_id=instruction.step_id, step_name=instruction.step_name)
    passed = ", ".join(f"{action.name} ({action.action_id})" for action in moves.passed_over(order, step))
    return f"move the order from {order.step.name} to {step.name}" + (f", passing over {passed}" if passed else "")


def _refusal(refused: OrderError, order: Order) -> Refusal:
    text = refused.message.replace(f"order {order.order_id}", "the order")
    return Refusal(refused.kind, text)
