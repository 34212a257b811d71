"""Ways to pay that are closed now: no payment provider takes them here, or the one that does is paused."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from lambdas.forms.fields.method_names import name_of
from lambdas.forms.form import Form
from lambdas.forms.session.session import Session
from lambdas.forms.shop import Shop
from lambdas.languages.texts import _
from lambdas.orders.pauses import Pause, PausesUnreadError
from lambdas.payments.several.choice import GatewayChoice
from lambdas.payments.several.ways import is_taken
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod


@dataclass(frozen=True)
class Ways:
    """Ways to pay for orders of a brand, as they are now."""

    choice: GatewayChoice
    pause_of: Callable[[str], Pause | None]
    brand_id: int

    def takes(self, kind: MethodKind) -> bool:
        """Whether a provider takes it here, now or after a pause."""
        return is_taken(self.choice, self.brand_id, kind)

    def is_open(self, kind: MethodKind) -> bool:
        """Whether somebody can begin to pay so now."""
        return self.takes(kind) and self.paused_until(kind) is None

    def paused_until(self, way: MethodKind | PaymentMethod) -> int | None:
        """Unix seconds; None while money is moved at its provider, or if that cannot be read: the submit says so then."""
        try:
            pause = self.pause_of(self._gateway_of(way))
        except PausesUnreadError:
            return None
        return pause.ends_at if pause else None

    def _gateway_of(self, way: MethodKind | PaymentMethod) -> str:
        if isinstance(way, PaymentMethod):
            return self.choice.charged_at(self.brand_id, way)
        return self.choice.begun_at(self.brand_id, way)

    def paused(self, kinds: Iterable[MethodKind]) -> Mapping[MethodKind, int]:
        """Of these those that are paused, each until when."""
        return {kind: until for kind in kinds if self.takes(kind) and (until := self.paused_until(kind))}


def ways_of(shop: Shop, form: Form, session: Session) -> Ways:
    brand_id = session.order.brand_id if session.order else shop.queue_of(form).brand_id
    return Ways(shop.hosted.choice, shop.service.pause_of_gateway, brand_id)


def until_then(ends_at: int) -> str:
    return _("not possible before {time}", time=_moment(ends_at))


def closed_notice(paused: Mapping[MethodKind, int], *, others: bool) -> str:
    """For the buyer, which ways to pay are paused; empty if none is. `others`: there is another way."""
    if not paused:
        return ""
    if others:
        return _(
            "Not possible before {time}: {methods}.",
            time=_moment(max(paused.values())),
            methods=", ".join(name_of(kind) for kind in paused),
        )
    return _(
        "We cannot take payments at the moment. Everything you entered is saved. Come back after {time} and order then.",
        time=_moment(min(paused.values())),
    )


def _moment(ends_at: int) -> str:
    return datetime.fromtimestamp(ends_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
