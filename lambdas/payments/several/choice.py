"""The gateway that a new payment is begun at, by its brand and method."""

import json
from collections.abc import Mapping

from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.runtime.models import Frozen
from lambdas.runtime.settings import TableSettings

ELSEWHERE = (
    "it is kept at a payment provider that this installation no longer uses; choose another one, or add it again"
)


class GatewayChoice(Frozen):
    """`default`: of all that is named nowhere else. `brands`: by id, before `methods`. `kept`: no method is entered there any
    more; payments of earlier are still asked for, and methods that are stored there still pay there.
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
        return "" if len(self.names) == 1 else self.entered_at(brand_id, kind)

    def entered_at(self, brand_id: int, kind: MethodKind) -> str:
        """The gateway that keeps what is entered now."""
        return self.brands.get(brand_id, {}).get(kind) or self.methods.get(kind) or self.default

    def charged_at(self, brand_id: int, method: PaymentMethod) -> str:
        """As `begun_at`, for this method: a payment is begun where its method is kept. One that was stored before methods
        remembered that is taken to be where such a method of its brand is entered now.
        """
        if not method.gateway or self.names == (method.gateway,):
            return self.begun_at(brand_id, method.kind)
        return method.gateway

    def can_charge(self, method: PaymentMethod) -> bool:
        """Whether its gateway is still one of the stage."""
        return not method.gateway or method.gateway in self.names


SINGLE = GatewayChoice()


def choice_of(settings: TableSettings) -> GatewayChoice:
    return GatewayChoice.model_validate({**json.loads(settings.other_gateways), "default": settings.gateway})
