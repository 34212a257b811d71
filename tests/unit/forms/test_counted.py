"""What alarms look at is counted (infra/operations/alarms/table.py)."""

from dataclasses import replace

import pytest

from lambdas.forms.session.coupon_guesses import OF_SOURCE
from lambdas.forms.shop import Shop
from lambdas.rate_limits.failures import Limit
from lambdas.rate_limits.form_limits import FormLimits
from lambdas.runtime.telemetry import metrics
from tests.unit.forms.browser import Browser
from tests.unit.forms.conftest import to_payment
from tests.unit.forms.session.test_limits import begin


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(metrics, "add_metric", lambda name, *_, **__: names.append(name))
    return names


@pytest.mark.parametrize("path", ["/orders/guess", "/forms/hosting/resume/guess", "/forms/reminders/guess"])
def test_a_link_that_opens_nothing(shop: Shop, counted: list[str], path: str) -> None:
    assert Browser(shop).open(path).status == 410
    assert counted.count("LinksRefused") == 1


def test_a_coupon_code_that_is_not_looked_at_any_more(browser: Browser, counted: list[str]) -> None:
    to_payment(browser)
    for number in range(OF_SOURCE.most + 2):
        browser.post("/forms/hosting/price?page=payment", {**browser.shown.inputs, "coupon": f"guess{number}"})

    assert counted.count("GuessesRefused") == 2


def test_an_order_that_has_to_wait(shop: Shop, counted: list[str]) -> None:
    narrow = replace(shop, limits=FormLimits(leads_of_source=Limit(most=1, seconds=3_600)))
    for number in range(3):
        begin(narrow, email=f"ada{number}@example.com")

    assert counted.count("LeadsRefused") == 2
