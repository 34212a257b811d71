"""A name that is taken is transferred by its code, which is kept as a secret: no page and no order ever shows it again."""

import json
from dataclasses import replace
from typing import Any

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.forms.shop import Shop
from lambdas.orders.errors import InvalidOrderError
from lambdas.records.table import RecordTable
from lambdas.records.transfer_codes import KEPT_SECONDS, TransferCodes
from lambdas.registrar.lookups import lookups_of
from tests.support.build import Clock
from tests.unit.forms.browser import Browser
from tests.unit.forms.conftest import the_order_id

EMAIL, SECRET, NAME = "ada@example.com", "s3cr3t-Auth-Code", "taken.com"
TICKED = {"domains": NAME, f"domains_transfer-{NAME}": "1"}
CODE = f"domains_code-{NAME}"


@pytest.fixture
def browser(shop: Shop) -> Browser:
    return Browser(replace(shop, lookups=lookups_of("sandbox")))


def pack(browser: Browser) -> dict[str, Any]:
    info = browser.shop.service.get(order_id=the_order_id(browser, browser.shop)).info
    (found,) = (each for key, each in info.items() if key.startswith("pack") and each)
    return dict(found)


def transferred(browser: Browser, code: str = SECRET) -> dict[str, Any]:
    browser.open("/forms/domains")
    browser.send(domains=NAME, look="1")
    page = browser.send(email=EMAIL, **TICKED, **{CODE: code})
    assert page.path == "/forms/domains/certificate", page.text
    return pack(browser)


def test_a_name_that_is_taken_is_transferred_by_its_code(
    browser: Browser, records: RecordTable, clock: Clock, dynamodb: DynamoDBClient
) -> None:
    found = transferred(browser)

    assert (found["plan_id"], found["desserv"], found["auth_code"][:5]) == ("6", NAME, "kept:")
    codes = TransferCodes(records)
    assert codes.find(found["auth_code"], NAME, now=clock()) == SECRET
    assert codes.find(found["auth_code"], "other.com", now=clock()) == ""
    assert codes.find(found["auth_code"], NAME, now=clock() + KEPT_SECONDS) == ""
    for table in dynamodb.list_tables()["TableNames"]:
        rows = dynamodb.scan(TableName=table)["Items"]
        having = [row for row in rows if SECRET in json.dumps(row, default=str)]
        assert [row["sk"]["S"] for row in having] == (["transfer_code"] if table == records.name else [])


def test_no_page_shows_the_code_again(browser: Browser, caplog: pytest.LogCaptureFixture, capsys: Any) -> None:
    transferred(browser)

    for path in ("domain", "certificate"):
        page = browser.open(f"/forms/domains/{path}")
        assert SECRET not in page.body
        assert "kept:" not in page.body
    browser.open("/forms/domains/domain")
    assert "We have a code. Enter another one only to replace it." in browser.shown.text
    assert browser.shown.inputs[CODE] == ""
    wrong = browser.send(email="no address", **TICKED, **{CODE: SECRET})
    assert (wrong.status, SECRET in wrong.body) == (422, False)
    assert SECRET not in "".join(caplog.messages) + "".join(capsys.readouterr())


def test_the_code_stays_until_another_one_is_entered(browser: Browser, records: RecordTable, clock: Clock) -> None:
    first = transferred(browser)["auth_code"]
    browser.open("/forms/domains/domain")
    browser.send()
    assert pack(browser)["auth_code"] == first
    browser.open("/forms/domains/domain")
    browser.send(**{CODE: "another"})
    assert TransferCodes(records).find(pack(browser)["auth_code"], NAME, now=clock()) == "another"


def test_without_a_code_nothing_is_transferred(browser: Browser) -> None:
    browser.open("/forms/domains")
    page = browser.send(email=EMAIL, **TICKED)

    assert (page.status, f"Enter the authorisation code of {NAME}" in page.text) == (422, True)
    long = browser.send(email=EMAIL, **TICKED, **{CODE: "x" * 256})
    assert (long.status, "must be 255 characters or fewer" in long.text, "x" * 256 in long.body) == (422, True, False)


def test_a_free_name_is_not_transferred_and_no_name_is_both(browser: Browser) -> None:
    browser.open("/forms/domains")
    free = {"domains": "ada.com", "domains_transfer-ada.com": "1", "domains_code-ada.com": SECRET}
    page = browser.send(email=EMAIL, **free)
    assert (page.status, "ada.com is not registered, so it cannot be transferred." in page.text) == (422, True)
    both = browser.send(email=EMAIL, **free, **{"domains-ada.com": "1"})
    assert (both.status, "ada.com can be registered or transferred, not both" in both.text) == (422, True)


def test_a_name_that_is_registered_instead_forgets_the_code(browser: Browser) -> None:
    browser.open("/forms/domains")
    name = "unknown.com"
    browser.send(email=EMAIL, domains=name, **{f"domains_transfer-{name}": "1", f"domains_code-{name}": SECRET})
    assert pack(browser)["auth_code"].startswith("kept:")
    page = browser.open("/forms/domains/domain")
    sent = {key: value for key, value in page.inputs.items() if key != f"domains_transfer-{name}"}
    browser.post(page.read.action, {**sent, f"domains-{name}": "1"})

    assert (pack(browser)["plan_id"], pack(browser)["auth_code"]) == ("3", "")


@pytest.mark.parametrize("code", ["", "x" * 256, "a\nb", ["a"], {"a": 1}, True])
def test_an_order_takes_only_what_can_be_a_code(shop: Shop, browser: Browser, code: Any) -> None:
    transferred(browser)
    order = shop.service.get(order_id=the_order_id(browser, shop))
    key = next(key for key in order.info if key.startswith("pack") and order.info[key])
    if code == "":
        updated = shop.service.update(order, {"info": {key: {"auth_code": code}}})
        (problem,) = shop.service.pricing.missing(updated.info, _sale(shop))
        assert (problem.field, "needs the authorisation code" in problem.text) == (f"info.{key}.auth_code", True)
        return
    with pytest.raises(InvalidOrderError) as refused:
        shop.service.update(order, {"info": {key: {"auth_code": code}}})
    assert [each.field for each in refused.value.problems] == [f"info.{key}.auth_code"]


def test_a_reference_that_somebody_states_is_a_code_like_any_other(
    shop: Shop, browser: Browser, records: RecordTable, clock: Clock
) -> None:
    """Or an order could have the code of another one sent to the registrar."""
    reference = transferred(browser)["auth_code"]
    other = Browser(browser.shop)
    stated = transferred(other, code=reference)["auth_code"]

    assert stated != reference
    assert TransferCodes(records).find(stated, NAME, now=clock()) == reference


def _sale(shop: Shop) -> Any:
    from lambdas.orders.ports import Sale

    return Sale(2, None, shop.now(), "USD")
