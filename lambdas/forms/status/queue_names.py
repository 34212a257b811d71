"""Names of a queue's steps and actions in another language, for orders that carry them as they were."""

from collections.abc import Mapping

from lambdas.orders.model.queue import Action, Queue, Step

Names = Mapping[tuple[int, str], str]
"""The name in a language, by id and by the name in the queue's own language. An order with another name keeps that."""


def step_names(queue: Queue, tag: str) -> Names:
    return _names(queue.steps, tag)


def action_names(queue: Queue, tag: str) -> Names:
    return _names(queue.actions, tag)


def _names(parts: tuple[Step, ...] | tuple[Action, ...], tag: str) -> Names:
    return {(each.id, each.name): str(each.i18n.get(tag, {}).get("name", each.name)) for each in parts}
