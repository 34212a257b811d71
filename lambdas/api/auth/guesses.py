"""Keeps callers from guessing coupon codes and login names by trying them on orders.

Attempts are counted before they are looked at, by user and by order. One that hits is uncounted. After too many misses no more
are looked at for a while. A user who may list the coupons, or see the clients, is not counted.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from lambdas.api.auth.caller import Caller
from lambdas.api.auth.errors import TooManyGuessesError
from lambdas.api.backend import Backend
from lambdas.catalog.coupon import normal_code
from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model.info import Info, merge, text
from lambdas.orders.model.order import Order
from lambdas.orders.parsing.info_keys import is_pack
from lambdas.orders.parsing.packs import coupon_code
from lambdas.rate_limits.failures import Attempt, Key, Limit, LimitReached
from lambdas.records.users.rights import SEE_CLIENT, Right
from lambdas.runtime.telemetry import MetricUnit, metrics

_HOUR = 3_600
OF_ORDER = Limit(most=20, seconds=_HOUR)
OF_USER = Limit(most=600, seconds=_HOUR)  # A shop's user calls for all its buyers.


class Codes:
    """The coupon codes that a call tries. Each counts as a miss until `uncount_hits`."""

    def __init__(self, trials: Mapping[str, Attempt]) -> None:
        self._open = dict(trials)

    def uncount_hits(self, order: Order) -> Order:
        """Uncount the codes that lowered a price of this order, and return the order."""
        for code in {pack.coupon.coupon_code for pack in order.priced if pack.coupon}:
            if trial := self._open.pop(code, None):
                trial.on_success()
        return order

    def count_misses(self) -> None:
        for trial in self._open.values():
            trial.on_failure()


@contextmanager
def counting_codes(
    backend: Backend, caller: Caller, brand_id: int, info: Mapping[str, Any], order: Order | None = None
) -> Iterator[Codes]:
    """Around what prices an order with this `info`, or with these changes to it.

    Raises TooManyGuessesError, or InvalidOrderError for too many codes at once.
    """
    known: Info = order.info if order else {}
    new = _codes(merge(known, info)) - _codes(known)
    is_fixed = order is not None and not order.is_lead
    if not new or is_fixed or caller.user.may_in(Right.VIEW, None, brand_id):
        yield Codes({})
        return
    if len(new) > OF_ORDER.most:
        text = f"{len(new)} coupon codes are new to this order; send at most {OF_ORDER.most} in one call"
        raise InvalidOrderError((Problem("info.coupon", text),))
    tried = Codes(_begin_all(backend, caller, sorted(new), order))
    try:
        yield tried
    finally:
        tried.count_misses()


@contextmanager
def counting_login(backend: Backend, caller: Caller, order: Order) -> Iterator[None]:
    """Around a submit, which tells whether a new client's login name is taken. Raises TooManyGuessesError.

    It counts unless the order is submitted, also if the name is free: most guesses end so.
    """
    sees_clients = all(caller.user.may_in(right, None, order.brand_id) for right in SEE_CLIENT)
    if not order.is_lead or order.client_id or not text(order.info, "uber_login") or sees_clients:
        yield
        return
    trial = _begin(backend, "login_names", _keys(caller, order), "info.uber_login")
    submitted = False
    try:
        yield
        submitted = True
    finally:
        (trial.on_success if submitted else trial.on_failure)()


def _begin_all(backend: Backend, caller: Caller, codes: Sequence[str], order: Order | None) -> dict[str, Attempt]:
    begun: dict[str, Attempt] = {}
    try:
        for code in codes:
            begun[code] = _begin(backend, "coupon_codes", _keys(caller, order), "info.coupon")
    except TooManyGuessesError:
        for trial in begun.values():  # None of them was looked at.
            trial.on_success()
        raise
    return begun


def _begin(backend: Backend, about: str, keys: Sequence[Key], field: str) -> Attempt:
    trial = backend.limits.guess(about, keys)
    if isinstance(trial, LimitReached):
        metrics.add_metric("GuessesRefused", MetricUnit.Count, 1)
        raise TooManyGuessesError(field, trial.seconds_left)
    return trial


def _keys(caller: Caller, order: Order | None) -> list[Key]:
    of_order = [Key("order", order.order_id, OF_ORDER)] if order else []
    return [*of_order, Key("user", caller.name, OF_USER)]


def _codes(info: Mapping[str, Any]) -> set[str]:
    """The normal codes of an order and of its packs."""
    packs = (value for name, value in info.items() if is_pack(name) and isinstance(value, Mapping))
    stated = (text(info, "coupon"), *(coupon_code(pack.get("coupon")) for pack in packs))
    return {normal_code(code) for code in stated} - {""}
