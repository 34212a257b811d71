"""Queues as API 2.0 answers them: maps by id, values as text, counts as numbers (reference/ubersmith.md 4.4, 4.5, 4.6)."""

from typing import Any

from lambdas.api.http.values_2_0 import as_text
from lambdas.api.queues.config_items import ConfigItem, config_items
from lambdas.api.queues.lookup import ActionOfStep, CountedQueue, NamedModule, StepOfQueue
from lambdas.orders.model.queue import Queue


def queue_map(found: list[CountedQueue]) -> Any:
    """`order.queue_list`."""
    return {str(each.queue.order_queue_id): _counted(each) for each in found} or []


def _counted(found: CountedQueue) -> dict[str, Any]:
    steps = {
        str(step.id): {"name": step.name, "count": found.counts.get(step.id, 0)}  # numbers: clients read them as such
        for step in found.queue.steps
    }
    return {"name": found.queue.name, "steps": steps}


def queue_data(queue: Queue) -> dict[str, Any]:
    """`order.queue_get`: the bundle's `queue.data`. `class_id` is the brand."""
    return {
        "order_queue_id": str(queue.order_queue_id),
        "class_id": str(queue.brand_id),
        "active": as_text(queue.active),
        "name": queue.name,
        "allow_quotes": as_text(queue.allow_quotes),
        "sendlink_from": queue.sendlink_from,
        "sendlink_sub": queue.sendlink_sub,
        "sendlink_body": queue.sendlink_body,
        "i18n": [],
    }


def step_map(found: list[StepOfQueue]) -> Any:
    return {str(place.step.id): step_data(place) for place in found} or []


def step_data(found: StepOfQueue) -> dict[str, Any]:
    """`order.queue_step_get`: as in the bundle, with the step's status."""
    return {
        "order_step_id": str(found.step.id),
        "order_queue_id": str(found.queue.order_queue_id),
        "name": found.step.name,
        "priority": str(found.priority),
        "status": str(int(found.step.status)),
        "i18n": [],
    }


def action_map(found: list[ActionOfStep]) -> Any:
    return {str(place.action.id): action_data(place) for place in found} or []


def action_data(found: ActionOfStep) -> dict[str, Any]:
    """`order.queue_action_get`; `prereqs` and `config` as they are sent: map of action id to 1, of field to value."""
    action = found.action
    return {
        "order_action_id": str(action.id),
        "order_step_id": str(found.step.id),
        "order_queue_id": str(found.queue.order_queue_id),
        "name": action.name,
        "module": action.module,
        "priority": str(found.priority),
        "automatic": as_text(action.automatic),
        "optional": as_text(action.optional),
        "client_viewable": as_text(action.client_viewable),
        "prereqs": {str(each): "1" for each in action.prereqs} or [],
        "config": as_text(action.config),
        "i18n": [],
    }


def module_map(found: list[NamedModule]) -> Any:
    return {module.name: module.facts.label for module in found} or []


def module_data(found: NamedModule) -> dict[str, Any]:
    """`order.module_get`: name, label, flags, and each setting by its field."""
    facts = found.facts
    return {
        "name": found.name,
        "label": facts.label,
        "interactive": as_text(facts.interactive),
        "reprocess": as_text(facts.reprocess),
        "config": {item.name: _item(item) for item in config_items(facts)} or [],
    }


def _item(item: ConfigItem) -> dict[str, Any]:
    default = "" if item.default is None else as_text(item.default)
    return {
        "label": item.label,
        "type": item.type,
        "required": as_text(item.required),
        "default": default,
        "options": as_text(list(item.options)),
        "description": item.description,
    }
