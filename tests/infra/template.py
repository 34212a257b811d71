"""A synthesized stack as the rules want to read it."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from infra.stages.settings import StageSettings

Resource = dict[str, Any]


def plain(logical_id: str) -> str:
    """`StorageOrderTable2D935ED6` -> `StorageOrderTable`: a construct's path without the hash CDK puts behind it."""
    return re.sub(r"[0-9A-F]{8}$", "", logical_id)


def name_of(value: Any) -> str:
    """What a template value points at, in words: a plain logical id with what is joined behind it, or the literal."""
    match value:
        case str():
            return value
        case {"Ref": target} | {"Fn::GetAtt": [target, "Arn"]}:
            return plain(target)
        case {"Fn::GetAtt": [target, attribute]}:
            return f"{plain(target)}.{attribute}"
        case {"Fn::Join": ["", parts]}:
            return "".join(name_of(part) for part in parts)
    raise AssertionError(f"a kind of value the rules do not know: {value!r}")


def called_function(value: Any) -> str:
    """The function that a value points at, by its alias or not."""
    return name_of(value).removesuffix("Live")


@dataclass(frozen=True, kw_only=True)
class Synthesized:
    """`stack`: its name; empty for the product's."""

    settings: StageSettings
    outdir: Path
    sources: Path
    stack: str = ""

    @property
    def path(self) -> Path:
        return self.outdir / f"{self.stack or self.settings.stack_name}.template.json"

    @cached_property
    def template(self) -> dict[str, Any]:
        return dict(json.loads(self.path.read_text()))

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """By plain logical id."""
        return {plain(logical_id): resource for logical_id, resource in self.template["Resources"].items()}

    @cached_property
    def logical_ids(self) -> dict[str, str]:
        """By plain logical id."""
        return {plain(logical_id): logical_id for logical_id in self.template["Resources"]}

    def of_type(self, kind: str) -> dict[str, Resource]:
        """The resources of a type; never none, so that no rule holds for want of something to hold for."""
        found = {name: resource for name, resource in self.resources.items() if resource["Type"] == kind}
        assert found, f"no {kind} in the template"
        return found

    def properties_of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        return {name: resource["Properties"] for name, resource in self.of_type(kind).items()}

    def properties(self, name: str) -> dict[str, Any]:
        return dict(self.resources[name]["Properties"])

    @cached_property
    def functions(self) -> dict[str, dict[str, Any]]:
        """By the name of their construct: `ApiHandler`, not `ApiHandlerFunction`."""
        found = self.properties_of_type("AWS::Lambda::Function")
        return {name.removesuffix("Function"): properties for name, properties in found.items()}

    @cached_property
    def integrations(self) -> dict[str, dict[str, Any]]:
        """What the API calls, by the function that it leads to: `ApiHandlerFunction`, by an alias or not."""
        found = self.properties_of_type("AWS::ApiGatewayV2::Integration").values()
        return {called_function(each["IntegrationUri"]): each for each in found}

    @cached_property
    def functions_of_routes(self) -> dict[str, str]:
        """The function behind each route."""
        found = self.properties_of_type("AWS::ApiGatewayV2::Integration")
        return {
            route["RouteKey"]: called_function(
                found[name_of(route["Target"]).removeprefix("integrations/")]["IntegrationUri"]
            )
            for route in self.properties_of_type("AWS::ApiGatewayV2::Route").values()
        }

    @cached_property
    def manifest(self) -> dict[str, Any]:
        return dict(json.loads((self.outdir / "manifest.json").read_text()))

    def asset(self, object_key: str) -> Path:
        return self.outdir / f"asset.{object_key.removesuffix('.zip')}"
