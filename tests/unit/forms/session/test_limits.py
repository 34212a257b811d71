"""Programs make no page of ours, and nobody begins orders without end; people of one office are not held up by that."""

import base64
import hashlib
import hmac
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.forms.pages.link_request import OF_SOURCE
from lambdas.forms.session.signatures import KEPT_SECONDS, LOOKED_AGAIN_SECONDS, SecretKeys, Signer
from lambdas.forms.shop import Shop
from lambdas.rate_limits.form_limits import FormLimits
from lambdas.records.links.link import new_token
from tests.support.build import Clock
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.conftest import FixedKeys
from tests.unit.forms.session.test_csrf import leads

COOKIE = "__Host-form-hosting"
LIMITS = FormLimits()


def begin(shop: Shop, source: str = "192.0.2.7", email: str = "ada@example.com") -> Page:
    browser = Browser(shop, source=source)
    browser.open("/forms/hosting")
    return browser.send(plan="1:12", email=email)


def test_a_program_makes_no_page_of_its_own(shop: Shop, clock: Clock, dynamodb: DynamoDBClient) -> None:
    """It knows how pages are made, and its own cookie."""
    browser = Browser(replace(shop, min_seconds=3))
    token = browser.cookies[COOKIE] = new_token()

    def made(purpose: str) -> str:
        digest = hmac.digest(token.encode(), purpose.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    at = clock.time - 60
    forged = {"csrf": made("csrf"), "shown": f"{at}.{made(f'shown:{at}')}", "plan": "1:12", "email": "ada@example.com"}
    assert browser.post("/forms/hosting", forged).status == 403
    shown = browser.open("/forms/hosting")  # and with a page of ours, the time is ours
    assert browser.post("/forms/hosting", {**forged, "csrf": shown.inputs["csrf"]}).status == 422
    assert leads(dynamodb) == 0


def test_a_page_is_good_for_one_browser_and_one_order(shop: Shop, clock: Clock, dynamodb: DynamoDBClient) -> None:
    slow = replace(shop, min_seconds=3)
    first, other = Browser(slow), Browser(slow)
    stamp = first.open("/forms/hosting").inputs["shown"]
    shown = other.open("/forms/hosting")
    clock.time += 5
    typed = {**first.shown.inputs, "plan": "1:12", "email": "ada@example.com"}
    for _ in range(2):
        first.post("/forms/hosting", typed)
    assert leads(dynamodb) == 1

    assert other.post("/forms/hosting", {**typed, "csrf": shown.inputs["csrf"], "shown": stamp}).status == 422
    assert leads(dynamodb) == 1


def test_a_new_key_puts_nobody_out_and_a_key_before_the_last_is_good_no_more(shop: Shop) -> None:
    old, new, newest = (
        replace(shop, signer=Signer(FixedKeys(*keys))) for keys in ((b"1",), (b"2", b"1"), (b"3", b"2"))
    )
    browser, late = Browser(old), Browser(old)
    for each in (browser, late):
        each.open("/forms/hosting")
    browser.shop = new
    assert browser.send(plan="1:12", email="ada@example.com").path == "/forms/hosting/extras"
    late.shop = newest
    assert late.send(plan="1:12", email="ada@example.com").status == 403


class Secrets:
    """Secrets Manager with one secret; `down`: it does not answer."""

    class exceptions:
        ResourceNotFoundException = ClientError

    def __init__(self) -> None:
        self.values, self.asked, self.down = {"AWSCURRENT": "1"}, 0, False

    def get_secret_value(self, *, SecretId: str, VersionStage: str) -> Any:
        self.asked += 1
        if self.down:
            raise EndpointConnectionError(endpoint_url="x")
        if VersionStage not in self.values:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": ""}}, "GetSecretValue")
        return {"SecretString": self.values[VersionStage]}

    def put(self, value: str) -> None:
        self.values = {"AWSCURRENT": value, "AWSPREVIOUS": self.values["AWSCURRENT"]}


def test_keys_are_kept_for_a_while_and_a_newer_one_is_found_when_it_is_met() -> None:
    secrets, at = Secrets(), [1_000.0]
    signer = Signer(SecretKeys("arn", secrets, lambda: at[0]))
    first = signer.sign("x")
    secrets.put("2")
    assert (signer.sign("x"), secrets.asked) == (first, 1)

    other = Signer(SecretKeys("arn", secrets, lambda: at[0])).sign("x")  # by a process that started now
    assert other != first
    assert (signer.is_signed("x", other), signer.is_signed("x", first)) == (True, True)
    asked = secrets.asked
    assert [signer.is_signed("x", "forged") for _ in range(50)] == [False] * 50
    assert secrets.asked == asked
    at[0] += LOOKED_AGAIN_SECONDS + 1
    signer.is_signed("x", "forged")
    assert secrets.asked == asked + 2


def test_a_silent_secrets_manager_stops_nobody_who_has_a_key() -> None:
    secrets, at = Secrets(), [1_000.0]
    signer = Signer(SecretKeys("arn", secrets, lambda: at[0]))
    signed = signer.sign("x")
    secrets.down = True
    at[0] += KEPT_SECONDS + 1

    assert signer.is_signed("x", signed)
    assert not signer.is_signed("x", "forged")
    with pytest.raises(EndpointConnectionError):
        SecretKeys("arn", secrets).current()


def test_one_source_begins_so_many_orders_an_hour_and_is_told_what_to_do(
    shop: Shop, clock: Clock, dynamodb: DynamoDBClient
) -> None:
    most = LIMITS.leads_of_source.most
    pages = [begin(shop, email=f"person{number}@example.com") for number in range(most + 1)]
    assert [page.path for page in pages[:-1]] == ["/forms/hosting/extras"] * most

    last = pages[-1]
    assert (last.status, last.headers["Retry-After"], leads(dynamodb)) == (429, "3600", most)
    assert "contact us" in last.text
    assert (last.inputs["email"], last.inputs["plan"]) == (f"person{most}@example.com", "1:12")
    assert begin(shop, source="192.0.2.8").path == "/forms/hosting/extras"
    clock.time += LIMITS.leads_of_source.seconds
    assert begin(shop).path == "/forms/hosting/extras"


def test_all_of_a_network_is_one_source(shop: Shop) -> None:
    limited = replace(shop, limits=FormLimits(leads_of_source=LIMITS.leads_of_source.model_copy(update={"most": 3})))
    pages = [begin(limited, f"2001:db8:1:2::{number:x}", f"p{number}@example.com") for number in range(1, 6)]

    assert [page.status for page in pages] == [200] * 3 + [429] * 2
    assert begin(limited, "2001:db8:1:3::1", "p9@example.com").status == 200


def test_one_address_is_begun_for_so_often_a_day_wherever_that_comes_from(shop: Shop, dynamodb: DynamoDBClient) -> None:
    most = LIMITS.leads_of_address.most
    emails = ["ada@example.com", "ADA@example.com"]
    pages = [begin(shop, f"192.0.2.{number}", emails[number % 2]) for number in range(most + 2)]

    assert [page.status for page in pages] == [200] * most + [429] * 2
    assert "for this email address" in pages[-1].text
    assert leads(dynamodb) == most


def test_links_are_wished_for_by_a_network_as_by_one_source(shop: Shop) -> None:
    statuses = []
    for number in range(1, OF_SOURCE + 3):
        browser = Browser(shop, source=f"2001:db8:1:2::{number:x}")
        browser.open("/forms/hosting/resume")
        statuses.append(browser.send(email=f"person{number}@example.com").status)

    assert statuses == [200] * OF_SOURCE + [429] * 2
