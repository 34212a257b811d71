"""Modules as new callers get them."""

from typing import Annotated, Any, TypedDict

from typing_extensions import Doc

from lambdas.api.queues.config_items import ConfigItem, config_items
from lambdas.api.queues.lookup import NamedModule


class ModuleNameView(TypedDict):
    order_module_name: Annotated[str, Doc("The module's name.")]
    label: Annotated[str, Doc("Its name for people.")]


class ModulesView(TypedDict):
    modules: Annotated[list[ModuleNameView], Doc("All modules.")]


def modules_view(found: list[NamedModule]) -> ModulesView:
    return {"modules": [{"order_module_name": module.name, "label": module.facts.label} for module in found]}


class ConfigItemView(TypedDict):
    name: Annotated[str, Doc("The setting's name.")]
    label: Annotated[str, Doc("Its name for people.")]
    type: Annotated[str, Doc("Its JSON type.")]
    required: Annotated[bool, Doc("Whether it must be set.")]
    default: Annotated[Any, Doc("Its value if it is not set.")]
    options: Annotated[list[Any], Doc("All its possible values, if there are few; else empty.")]
    description: Annotated[str, Doc("What it does.")]


class ModuleView(TypedDict):
    order_module_name: Annotated[str, Doc("The module's name.")]
    label: Annotated[str, Doc("Its name for people.")]
    interactive: Annotated[bool, Doc("Whether it asks a person.")]
    reprocess: Annotated[bool, Doc("Whether it may run again when it is done.")]
    undoes: Annotated[bool, Doc("Whether it undoes its work when the order is canceled.")]
    config: Annotated[list[ConfigItemView], Doc("Its settings.")]
    config_schema: Annotated[dict[str, Any], Doc("Its settings as JSON Schema.")]


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
