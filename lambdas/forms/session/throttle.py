"""Limits how often something may be done on these pages. Counting fails open: without its table nobody is refused."""

import hashlib

from lambdas.forms.shop import Shop
from lambdas.languages.texts import N_, _, joined
from lambdas.orders.model.info import Info, text
from lambdas.rate_limits.fail_open import ask_guard_table
from lambdas.rate_limits.form_limits import is_admitted
from lambdas.rate_limits.sources import source_of
from lambdas.runtime.telemetry import MetricUnit, metrics
from lambdas.web.http import WebRequest

RETRY_SECONDS = "3600"
_COUNTED = "all"
_NOTHING_LOST = N_("Your entries are still here: send them again then. If you cannot wait, contact us.")
_OF_SOURCE = N_("Too many orders were begun from your network. Wait an hour before you begin another.")
_OF_ADDRESS = N_(
    "Too many orders were begun today for this email address. Continue one of them (the link is above the form), "
    "or wait until tomorrow."
)


def count_lead(shop: Shop, changes: Info, request: WebRequest) -> str:
    """Count a new order by its source and e-mail address. Returns the refusal if one is over its limit, else an empty text."""
    found = _of_whom(shop, changes, request)
    if not found:
        return ""
    metrics.add_metric("LeadsRefused", MetricUnit.Count, 1)
    return joined(_(found), _(_NOTHING_LOST))


def _of_whom(shop: Shop, changes: Info, request: WebRequest) -> str:
    limits, now = shop.limits, shop.now()
    if not is_admitted(shop.windows, "leads_of_source", source_of(request.source), limits.leads_of_source, now):
        return _OF_SOURCE
    email = text(changes, "email")
    if email and not is_admitted(shop.windows, "leads_of_address", email, limits.leads_of_address, now):
        return _OF_ADDRESS
    return ""


def is_too_often(shop: Shop, what: str, by: str, *, limit: int, seconds: int) -> bool:
    """Count it and return whether it is over the limit. `by`: its author, stored as a digest only."""
    name = f"{what}#{hashlib.sha256(by.encode()).hexdigest()}"
    window = ask_guard_table(lambda: shop.windows.count(name, _COUNTED, seconds=seconds, now=shop.now()))
    return window is not None and window.of(_COUNTED) > limit
