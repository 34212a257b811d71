"""The settings of a module, one by one, read from the JSON Schema that was compiled from its `Config`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.orders.model.modules import ModuleFacts


@dataclass(frozen=True)
class ConfigItem:
    """`type` is JSON's: string, integer, number, boolean, array, object, or any. `options`: all values there are, if few."""

    name: str
    label: str
    type: str
    required: bool
    default: Any
    options: tuple[Any, ...]
    description: str


def config_items(facts: ModuleFacts) -> tuple[ConfigItem, ...]:
    """In the order of the module's file."""
    schema = facts.config
    required = schema.get("required", ())
    return tuple(_item(name, found, name in required) for name, found in schema.get("properties", {}).items())


def _item(name: str, found: Mapping[str, Any], required: bool) -> ConfigItem:
    return ConfigItem(
        name=name,
        label=str(found.get("title", name.replace("_", " ").title())),
        type=_type(found),
        required=required,
        default=found.get("default"),
        options=tuple(found.get("enum", ())),
        description=str(found.get("description", "")),
    )


def _type(found: Mapping[str, Any]) -> str:
    """A setting that may be left empty has its type beside `null`; one that points elsewhere is an object."""
    kinds = [str(each["type"]) for each in found.get("anyOf", ()) if each.get("type") not in (None, "null")]
    if "type" in found:
        return str(found["type"])
    return kinds[0] if kinds else "object" if "$ref" in found else "any"
