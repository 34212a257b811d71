"""Stops guessing of coupon codes: after many codes without a discount, further ones are refused for a while."""

from http import HTTPStatus

from lambdas.forms.form import Form
from lambdas.forms.save_page import preview_order
from lambdas.forms.session.session import Session
from lambdas.forms.shop import Shop
from lambdas.languages.texts import _
from lambdas.orders.model.info import Info, text
from lambdas.rate_limits.failures import Failures, Key, Limit, LimitReached
from lambdas.rate_limits.sources import source_of
from lambdas.runtime.telemetry import MetricUnit, metrics
from lambdas.web.http import RefusedError, WebRequest

OF_SOURCE = Limit(most=60, seconds=3_600)
_COUPON = "coupon"


def refuse_guesses(shop: Shop, form: Form, session: Session, changes: Info, request: WebRequest) -> None:
    """Count a new code if it gives no discount. Raises RefusedError after too many, without looking the code up."""
    known = text(session.order.info, _COUPON) if session.order else ""
    if (code := text(changes, _COUPON)) in ("", known):
        return
    failures = Failures(shop.windows, "coupons", shop.now)
    trial = failures.begin((Key("source", source_of(request.source), OF_SOURCE),))
    if isinstance(trial, LimitReached):
        metrics.add_metric("GuessesRefused", MetricUnit.Count, 1)
        words = _("Too many coupon codes were tried from your network. Order without a code, or wait an hour.")
        raise RefusedError(HTTPStatus.TOO_MANY_REQUESTS, _("Too many coupon codes"), words)
    order = preview_order(shop, form, session.order, {**changes, _COUPON: code})
    (trial.on_success if any(pack.coupon for pack in order.priced) else trial.on_failure)()
