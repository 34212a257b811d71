"""The gateway that a new payment is begun at, by its brand and method."""

import json
from collections.abc import Mapping

from lambdas.records.clients.payment_method import MethodKind
from lambdas.runtime.models import Frozen
from lambdas.runtime.settings import TableSettings


class GatewayChoice(Frozen):
    """`default`: of all that is named nowhere else. `brands`: by id, before `methods`. `kept`: no payment is begun there any
    more, and those of earlier are still asked for.
    """

    default: str = ""
    methods: Mapping[MethodKind, str] = {}
    brands: Mapping[int, Mapping[MethodKind, str]] = {}
    kept: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All gateways of the stage, the default one first."""
        of_brands = (name for methods in self.brands.values() for name in methods.values())
        return tuple(dict.fromkeys([self.default, *self.methods.values(), *of_brands, *self.kept]))

    def begun_at(self, brand_id: int, kind: MethodKind) -> str:
        """The gateway that a payment's key names; empty where there is only one."""
        if len(self.names) == 1:
            return ""
        return self.brands.get(brand_id, {}).get(kind) or self.methods.get(kind) or self.default


SINGLE = GatewayChoice()


def choice_of(settings: TableSettings) -> GatewayChoice:
    return GatewayChoice.model_validate({**json.loads(settings.other_gateways), "default": settings.gateway})
