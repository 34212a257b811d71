"""The pause that holds back what an act of a run starts. Pure.

The act is done all the same. What it starts waits on the order for the end of the pause (lambdas/orders/decisions/paused.py).
"""

from collections.abc import Iterable, Iterator, Mapping

from lambdas.bulk.instruction import BulkVerb, Instruction
from lambdas.bulk.money import MoneyKind
from lambdas.orders.decisions.operator import moves
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.modules import ModuleFacts
from lambdas.orders.model.order import Order
from lambdas.orders.pauses import Pause, PauseKind
from lambdas.orders.payment_key import gateway_of

_MOVES_NOTHING = frozenset({MoneyKind.NONE, MoneyKind.LATER})
_GOES_ON = frozenset({BulkVerb.SKIP, BulkVerb.RESTART, BulkVerb.MOVE})


def pause_of(
    order: Order,
    instruction: Instruction,
    acts: tuple[int, ...],
    money: MoneyKind,
    *,
    pauses: Iterable[Pause],
    modules: Mapping[str, ModuleFacts],
) -> Pause | None:
    """The pause that ends last of those that the order meets after these acts. `money`: the effect of the acts."""
    verb = instruction.verb
    if verb is BulkVerb.ASSIGN:
        return None
    started = {action.module for action in _started(order, instruction, acts, modules)}
    needs_gateway = any(name in modules and modules[name].money != "none" for name in started)
    at_once = verb in (BulkVerb.CANCEL, BulkVerb.SKIP) and money not in _MOVES_NOTHING
    met = (
        pause
        for pause in pauses
        if (pause.kind is PauseKind.MODULE and pause.name in started)
        or (pause.kind is PauseKind.GATEWAY and (needs_gateway or at_once) and _may_pay_at(order, pause.name))
    )
    return max(met, key=lambda pause: pause.ends_at, default=None)


def _may_pay_at(order: Order, gateway: str) -> bool:
    """Whether the order's money may be at this gateway: its hold is there, or names none, or there is no hold."""
    return gateway_of(order.hold.key if order.hold else "") in ("", gateway)


def _started(
    order: Order, instruction: Instruction, acts: tuple[int, ...], modules: Mapping[str, ModuleFacts]
) -> Iterator[ChecklistAction]:
    """The actions that run next, or that are undone."""
    if instruction.verb is BulkVerb.CANCEL:
        done = (action for action in order.actions.values() if action.state is ActionState.DONE)
        yield from (action for action in done if action.module in modules and modules[action.module].undoes)
    elif instruction.verb in _GOES_ON:
        step_id = order.step_id
        if instruction.verb is BulkVerb.MOVE:
            step_id = moves.step_of(order, step_id=instruction.step_id, step_name=instruction.step_name).step_id
        for action in order.actions.values():
            if action.step_id == step_id and action.automatic and not action.met and action.action_id not in acts:
                yield action
    else:
        yield from (order.actions[str(action_id)] for action_id in acts)


def in_words(pause: Pause | None) -> str:
    """`call_webhook is paused until 2026-11-27 15:00 UTC`; empty for None. Its reason is for who may read reasons."""
    return f"{pause.name} is paused until {pause.until}" if pause else ""
