"""`order.effects`: what a payment provider was asked for an order, what came of it, and whether its client was charged twice."""

from typing import Any

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.http.parameters import OrderRequest
from lambdas.api.method import Method
from lambdas.api.orders.effects_views import OrderEffects, effects_view
from lambdas.payments.effects.certificate import certificate_of
from lambdas.payments.effects.order_money import read_money
from lambdas.records.users.rights import Right


class EffectsRequest(OrderRequest):
    """`order.effects`."""


def _effects(backend: Backend, request: EffectsRequest, caller: Caller) -> OrderEffects:
    order = backend.order(request, caller)
    money = read_money(order, backend.gateway, backend.records, now=backend.service.now())
    return OrderEffects(money, certificate_of(money, backend.records))


def _answer(found: OrderEffects) -> dict[str, Any]:
    """In API 2.0: the same by the same names, all of it text."""
    view = effects_view(found)
    lists = {name: [as_text(each) for each in view[name]] for name in ("payments", "effects", "look_ups")}
    certificate = as_text(view["certificate"] or {})
    plain = {name: each for name, each in view.items() if name not in lists and name != "certificate"}
    return {**as_text(plain), "certificate": certificate, **lists}


def as_text(values: Any) -> dict[str, str]:
    return {name: "" if each is None else _text(each) for name, each in values.items()}


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(int(value)) if isinstance(value, bool) else str(value)


METHODS: dict[str, Method] = {
    "order.effects": Method(
        title="Say whether a client was charged twice for an order, and list what its payment provider was asked for",
        request=EffectsRequest,
        rights=(Right.VIEW, Right.MONEY),
        verb=_effects,
        answer=_answer,
        view=effects_view,
        reads=True,
        example={"order_id": "1001"},
    ),
}
