"""The hosted pages of all gateways of a stage."""

from collections.abc import Callable
from dataclasses import dataclass

from lambdas.orders.payment_key import gateway_of
from lambdas.payments.hosted_pages import HostedPage, HostedPages
from lambdas.payments.several.choice import GatewayChoice
from lambdas.records.clients.payment_method import MethodKind


@dataclass(frozen=True)
class PagesOfStage:
    """`pages`: of the gateway of this name."""

    choice: GatewayChoice
    pages: Callable[[str], HostedPages]

    @property
    def origins(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(origin for name in self.choice.names for origin in self.pages(name).origins))

    def to_enter(self, brand_id: int, page: HostedPage) -> HostedPages:
        """Those on which a client of the brand enters such a method."""
        return self._at(self.choice.begun_at(brand_id, MethodKind(page.value)))

    def of_payment(self, key: str) -> HostedPages:
        """Those of the gateway at which the payment of this key was begun."""
        return self._at(gateway_of(key))

    def _at(self, gateway: str) -> HostedPages:
        return self.pages(gateway or self.choice.default)
