"""Modules as new callers get them."""

from typing import Any, TypedDict

from lambdas.api.queues.config_items import ConfigItem, config_items
from lambdas.api.queues.parts import NamedModule


class ModuleNameView(TypedDict):
    order_module_name: str
    label: str


class ModulesView(TypedDict):
    modules: list[ModuleNameView]


def modules_view(found: list[NamedModule]) -> ModulesView:
    return {"modules": [{"order_module_name": module.name, "label": module.facts.label} for module in found]}


class ConfigItemView(TypedDict):
    """`type` is JSON's. `options`: all values there are, if few; else empty."""

    name: str
    label: str
    type: str
    required: bool
    default: Any
    options: list[Any]
    description: str


class ModuleView(TypedDict):
    """`interactive`: asks a person. `reprocess`: may be run again when done. `undoes`: takes back what it did on a cancel.

    `config`: its settings; `config_schema`: the same as JSON Schema."""

    order_module_name: str
    label: str
    interactive: bool
    reprocess: bool
    undoes: bool
    config: list[ConfigItemView]
    config_schema: dict[str, Any]


def module_view(found: NamedModule) -> ModuleView:
    facts = found.facts
    return {
        "order_module_name": found.name,
        "label": facts.label,
        "interactive": facts.interactive,
        "reprocess": facts.reprocess,
        "undoes": facts.undoes,
        "config": [_item(item) for item in config_items(facts)],
        "config_schema": facts.config,
    }


def _item(item: ConfigItem) -> ConfigItemView:
    return {
        "name": item.name,
        "label": item.label,
        "type": item.type,
        "required": item.required,
        "default": item.default,
        "options": list(item.options),
        "description": item.description,
    }
