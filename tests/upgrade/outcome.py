"""What became of all orders: each once, each as it was meant to, each by the machine that it began with."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lambdas.orders.model.executions import order_id_in
from tests.faults.books import Made, judged, made_of
from tests.faults.shop import Shop
from tests.upgrade.stands import Held
from tests.upgrade.walking import Walk

_MACHINES_END_WITHIN_SECONDS = 60.0
Machine = frozenset[str]  # names of its states


def machine_of(root: Path, queue: str) -> Machine:
    return frozenset(_states_in(json.loads((root / queue / "machine.asl.json").read_text("utf-8"))))


def _states_in(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        states = tree.get("States")
        yield from states if isinstance(states, dict) else ()
        for value in tree.values():
            yield from _states_in(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _states_in(value)


def wrong_with(
    shop: Shop,
    walks: Sequence[Walk],
    standing: Sequence[Walk],
    began_with: Mapping[str, Machine],
    say: Callable[[str], None],
) -> list[str]:
    """In words; empty if nothing is."""
    orders, made, executions = shop.orders(), made_of(shop.records()), _ended_executions(shop)
    wrong: list[str] = []
    for walk in walks:
        found = orders.get(walk.mark, [])
        of_it = made.get(walk.order_id, Made())
        of_it.orders = len(found)
        of_it.calls = [(int(call["order_action_id"]), bool(call["undo"])) for call in shop.asked_outside(walk.order_id)]
        of_it.executions = [status for name, status in executions if order_id_in(name) == walk.order_id]
        verdict = judged(found[0], of_it, packs=len(walk.stand.scene.packs), canceled=walk.stand.is_canceled)
        place = f"order {walk.order_id} of {walk.stand.queue.key} ({walk.stand.held.value} in {walk.stand.step.name})"
        wrong += [f"{place}: {what}" for what in (*verdict.doubles, *verdict.losses)]
    return [*wrong, *_by_another_machine(shop, standing, began_with, say)]


def _ended_executions(shop: Shop) -> list[tuple[str, str]]:
    """Names and statuses. An execution ends just after it wrote that its order has."""
    deadline = time.monotonic() + _MACHINES_END_WITHIN_SECONDS
    found = list(shop.executions())
    while any(status == "RUNNING" for _, status in found) and time.monotonic() < deadline:
        time.sleep(0.5)
        found = list(shop.executions())
    return found


def _by_another_machine(
    shop: Shop, standing: Sequence[Walk], began_with: Mapping[str, Machine], say: Callable[[str], None]
) -> Iterator[str]:
    """Orders whose execution entered a state that the machine of the release does not have."""
    kept = 0
    for walk in standing:
        key = walk.stand.queue.key
        if walk.stand.held is Held.AS_LEAD:
            continue
        entered = shop.states_entered(key, walk.order_id)
        if foreign := sorted(entered - began_with[key]):
            yield f"order {walk.order_id} of {key} was led by another machine than it began with: {', '.join(foreign)}"
        kept += not foreign
    now = {key: machine_of(Path(__file__).parents[2] / "statemachines", key) for key in began_with}
    changed = sorted(key for key in began_with if now[key] != began_with[key])
    others = ", ".join(changed) or "none"
    say(f"{kept} orders ended by the machine they began with; machines that have other states since: {others}")
