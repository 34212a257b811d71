"""The form's whole shop over tables in memory: real store, real prices, real forms, the sandbox gateway."""

from collections.abc import Iterator

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.catalog.brands.brand import load_brands
from lambdas.catalog.plan import load_plans
from lambdas.catalog.pricing import CatalogPricing
from lambdas.catalog.tax import load_taxes
from lambdas.forms.brands.brand_look import BrandLooks
from lambdas.forms.brands.branded import branded
from lambdas.forms.counts import FormCounts
from lambdas.forms.form import load_forms
from lambdas.forms.session.signatures import Signer
from lambdas.forms.shop import Shop
from lambdas.mail.link_requests import LinkRequests
from lambdas.orders.model.modules import load_modules
from lambdas.orders.model.queue import load_queues
from lambdas.orders.store import DynamoOrderStore
from lambdas.payments.hosted_pages import SandboxPages
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.sandbox import SandboxGateway
from lambdas.payments.several.choice import SINGLE
from lambdas.payments.several.pages import PagesOfStage
from lambdas.rate_limits.windows import Windows
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.stored_methods import PaymentMethodRecords
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.coupons.use import CouponUseRecords
from lambdas.records.links.client_sign_in import SignInLinks
from lambdas.records.links.link import LinkPurpose, LinkRecords
from lambdas.records.links.reminder_stop import ReminderStops
from lambdas.records.links.sessions import SessionRecords
from lambdas.records.posts.attachment import AttachmentFiles
from lambdas.records.posts.post import PostRecords
from lambdas.records.table import RecordTable
from lambdas.records.transfer_codes import TransferCodes
from tests.support.build import Clock, a_service
from tests.support.tables import make_order_table, make_table
from tests.unit.forms.browser import Browser, Page, provider_answers

CARD = {"brand": "Visa", "last_four": "4242", "expiry": "1230"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


class FixedKeys:
    """Keys of the pages; the first one signs."""

    def __init__(self, *keys: bytes) -> None:
        self.keys = keys or (b"a key of the forms",)

    def current(self) -> bytes:
        return self.keys[0]

    def others(self) -> Iterator[bytes]:
        yield from self.keys[1:]


class KeptLinkRequests(LinkRequests):
    """Link requests, kept here instead of in a queue."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        super().__init__("queue", self)

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:
        self.bodies.append(MessageBody)


@pytest.fixture
def link_requests() -> KeptLinkRequests:
    return KeptLinkRequests()


@pytest.fixture
def gateway(dynamodb: DynamoDBClient, records: RecordTable, clock: Clock) -> SandboxGateway:
    return SandboxGateway(records.name, dynamodb, clock)


@pytest.fixture
def shop(
    dynamodb: DynamoDBClient,
    records: RecordTable,
    clock: Clock,
    gateway: SandboxGateway,
    link_requests: KeptLinkRequests,
) -> Shop:
    clients = ClientRecords(records)
    service = a_service(
        store=DynamoOrderStore(make_order_table(dynamodb, "orders"), dynamodb),
        queues=load_queues(),
        pricing=CatalogPricing(load_plans(), CouponRecords(records), CouponUseRecords(records), load_taxes(), clients),
        payments=PreAuthorization(gateway, clients, clock),
        clients=clients,
        modules=load_modules(),
        now=clock,
        codes=TransferCodes(records),
    )
    return Shop(
        service=service,
        forms=branded(load_forms(), load_queues(), load_brands()),
        plans=load_plans(),
        links=LinkRecords(records),
        clients=clients,
        methods=PaymentMethodRecords(records),
        hosted=PagesOfStage(SINGLE, lambda _: SandboxPages()),
        counts=FormCounts(records),
        posts=PostRecords(records),
        files=AttachmentFiles("files"),
        link_requests=link_requests,
        stops=ReminderStops(records),
        sessions=SessionRecords(records),
        sign_in_links=SignInLinks(records),
        signer=Signer(FixedKeys()),
        windows=Windows(make_table(dynamodb, "guards"), dynamodb),
        looks=BrandLooks(load_brands(), "Example Hosting"),
    )


@pytest.fixture
def browser(shop: Shop) -> Browser:
    return Browser(shop)


def to_contact(browser: Browser) -> Page:
    """From the start to the page that asks who orders."""
    browser.open("/forms/hosting")
    browser.send(plan="1:12", email="ada@example.com")
    return browser.send(site="www.example.com")


def to_payment(browser: Browser) -> Page:
    """From the start to the last page."""
    to_contact(browser)
    person = {"orders_as": "person", "first": "Ada", "last": "Lovelace", "address": "12 Square", "city": "London"}
    return browser.send(**person, country="GB")


def with_card(browser: Browser, card: str = "tok_approve") -> Page:
    """On to the provider's page and back, with a card whose token this is."""
    led = browser.send(terms="1", terms_signature="Ada Lovelace", payment="enter:card")
    return browser.open(provider_answers(led, token=card, **CARD))


def the_order_id(browser: Browser, shop: Shop) -> str:
    """The order of the session that this browser's cookie stands for."""
    (token,) = (value for name, value in browser.cookies.items() if "form-" in name)
    link = shop.links.find(token, LinkPurpose.SESSION)
    assert link is not None
    return link.order_id
