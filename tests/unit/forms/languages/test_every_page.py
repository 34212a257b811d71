"""Every page in every language: nothing that a visitor reads is left in English."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

import pytest

from infra.generate.texts import TRANSLATIONS, found_texts, updated
from lambdas.forms.shop import Shop
from lambdas.languages.language import language
from lambdas.orders.contact.places import countries, regions_of
from lambdas.orders.decisions.lead.draft import OrderDraft
from lambdas.records.clients.client import Client
from lambdas.records.links.client_sign_in import SignInLinks
from lambdas.records.links.link import LinkPurpose, digest_of, new_token
from lambdas.records.links.reminder_stop import address_digest, stop_path
from lambdas.records.posts.post import Post, PostKind
from lambdas.records.table import RecordTable
from tests.support.build import CARD, CONTACT
from tests.unit.forms.browser import Browser, Page, provider_answers
from tests.unit.forms.conftest import CARD as ENTERED
from tests.unit.forms.conftest import the_order_id
from tests.unit.languages.pseudo import TAG

# Typed by people, names of products, and what has no translation.
_NO_TEXT = (
    "Example Hosting", "Example Domains", "Ada Lovelace", "ada@example.com", "Ada", "Lovelace", "12 Square", "London",
    "www.example.com", "db1.example.com", "Hello from Grace", "Visa", "English", "Deutsch", "UTC", "US$", "NOPE",
)  # fmt: skip
_REFERENCE = re.compile(r"\b[A-Z0-9]{3}(?:-[A-Z0-9]{3}){2}\b")
_ATTRIBUTE = re.compile(r"(?:aria-label|placeholder|alt|title|data-button)=\"([^\"]*)\"")
_REGIONS = {name for country in countries() for name in regions_of(country).values()}  # as ISO 3166-2 has them
PERSON = {"first": "Ada", "last": "Lovelace", "address": "12 Square", "city": "London", "country": "GB"}


@dataclass
class Reader:
    """Walks everywhere in one language and keeps each page."""

    shop: Shop
    records: RecordTable
    tag: str
    pages: list[Page] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.browser = self.fresh()

    def fresh(self) -> Browser:
        return Browser(self.shop, cookies={"__Host-lang": self.tag})

    def open(self, path: str, browser: Browser | None = None) -> Page:
        self.pages.append((browser or self.browser).open(path))
        return self.pages[-1]

    def send(self, **typed: str) -> Page:
        self.pages.append(self.browser.send(**typed))
        return self.pages[-1]

    def walk(self) -> None:
        self.before_ordering()
        self.hosting()
        self.server()
        self.other_orders()

    def before_ordering(self) -> None:
        for path in ("/", "/forms/nowhere", "/forms/hosting/nowhere", "/orders/nobody", "/forms/gone/resume/x"):
            self.open(path)
        self.open("/forms/hosting?plan=nothing&period=7&coupon=NOPE")
        self.open("/forms/hosting/resume")
        self.send(email="nobody")
        self.send(email="ada@example.com")
        token = new_token()
        self.shop.stops.offer(token, "1001", address_digest(1, "ada@example.com"), now=self.shop.now())
        self.open(stop_path(token))
        self.send()
        self.open(stop_path("x" * 43))

    def hosting(self) -> None:
        self.open("/forms/hosting")
        self.send()
        self.send(plan="1:12", email="4242 4242 4242 4242")
        self.send(plan="1:12", email="ada@example.com")
        self.send(domain="3:12", domain_name="", certificate="4:0", certificate_name="?")
        self.send(domain="", certificate="", site="www.example.com")
        self.send(first="x" * 300, phone="1", zip="?", vat_id="1", country="GB")
        self.send(country="nowhere", orders_as="company")
        for country in ("US", "IE", "IN", "DE", "KR", "JP", "AE"):
            self.send(country=country, zip="?!", state="?", vat_id="DE1", orders_as="company")
        self.send(**PERSON, orders_as="person", zip="", state="", vat_id="", phone="")
        self.open("/forms/hosting/contact")
        self.open("/forms/hosting/payment")
        self.send(coupon="NOPE")
        self.send(terms="1", terms_signature="x", coupon="")
        self.open("/forms/hosting/new")
        self.sign_in()
        self.pays()

    def sign_in(self) -> None:
        self.open("/forms/hosting/sign-in")
        self.send(login="nobody", password="wrong")
        self.browser.open("/forms/hosting/sign-in")
        self.send(by="link", email="nobody")
        self.send(by="link", email="ada@example.com")
        self.open("/forms/hosting/sign-in?key=" + "x" * 43)
        client = Client(
            client_id="100", brand_id=1, created_at=1, email="grace@example.com", first="Grace", country="GB"
        )
        self.shop.clients.add(client)
        session = next(value for name, value in self.browser.cookies.items() if "Host-form-" in name)
        link, token = {"session": digest_of(session), "client_id": "100", "address": "email#?"}, new_token()
        SignInLinks(self.records).offer(token, **link, now=self.shop.now())
        self.open(f"/forms/hosting/sign-in?key={token}")

    def pays(self) -> None:
        self.browser.open("/forms/hosting/payment")
        for card in ("tok_insufficient_funds", "tok_approve"):
            led = self.browser.send(terms="1", terms_signature="Ada Lovelace", payment="enter:card")
            self.open(provider_answers(led, token=card, **ENTERED))
            order_id = the_order_id(self.browser, self.shop)
            link = new_token()
            self.shop.links.make(link, LinkPurpose.RESUME, order_id, now=self.shop.now(), form="hosting")
            self.open(f"/forms/hosting/resume/{link}", self.fresh())
            self.browser.open("/forms/hosting/payment")
            self.send(terms="1", terms_signature="Ada Lovelace", payment="entered")
        self.status(order_id)

    def status(self, order_id: str) -> None:
        self.send(body="")
        self.send(body="x" * 6_000)
        self.send(body="Hello from Grace")
        post = Post(
            post_id=self.shop.posts.new_id(), order_id=order_id, kind=PostKind.RESPONSE, author="grace@shop.test", by="g",
            subject="s", body="Hello from Grace", posted_at=self.shop.now(),
        )  # fmt: skip
        self.shop.posts.add(post, None)
        self.open(self.pages[-1].path.partition("#")[0])

    def server(self) -> None:
        self.open("/forms/dedicated-server")
        self.send(server="2:3", email="ada@example.com")
        self.send(quantity="0", hosts="?", options_31="?", operating_system="")
        self.send(quantity="2", hosts="db1.example.com", options_31="101", operating_system="none")

    def other_orders(self) -> None:
        """Status pages of orders that stand elsewhere."""
        service = self.shop.service
        for card in (CARD, {"payment_type": "invoice"}):
            draft = OrderDraft(order_queue_id=3, order_form_id=2, info={**CONTACT, **card, "pack1": {"plan_id": "2"}})
            lead = service.create(draft)
            self.open(self.status_of(lead.order_id))
            for_cancel = service.submit(lead, by="test") if card is CARD else lead
            self.open(self.status_of(lead.order_id))
            service.cancel(for_cancel, because="they asked")
            self.open(self.status_of(lead.order_id))

    def status_of(self, order_id: str) -> str:
        token = new_token()
        self.shop.links.make(token, LinkPurpose.STATUS, order_id, now=self.shop.now())
        return f"/orders/{token}"


def read_by(page: Page) -> Iterator[str]:
    yield from page.read.text
    yield from map(unescape, _ATTRIBUTE.findall(page.body))


@pytest.fixture
def reader(request: pytest.FixtureRequest, shop: Shop, records: RecordTable) -> Reader:
    return Reader(shop, records, request.param)


@pytest.mark.parametrize("reader", [TAG], indirect=True)
def test_nothing_is_left_in_english(reader: Reader) -> None:
    reader.walk()

    assert len(reader.pages) > 45
    assert {page.status for page in reader.pages} >= {200, 404, 410, 422}
    left = {(page.path, text) for page in reader.pages for text in read_by(page) if _has_latin(text)}
    assert left == set()
    assert all('<html lang="ar" dir="rtl">' in page.body for page in reader.pages)


@pytest.mark.parametrize("reader", ["de"], indirect=True)
def test_german_pages_have_no_text_as_it_is_in_english(reader: Reader) -> None:
    catalog = updated(TRANSLATIONS / "de.po", found_texts())
    english = {message.id for message in catalog if isinstance(message.id, str) and message.string != message.id}
    english -= set(language("de").formats["countries"].values())  # Iceland is Island
    reader.walk()

    assert {text for page in reader.pages for text in read_by(page) if text in english} == set()
    assert all('<html lang="de" dir="ltr">' in page.body for page in reader.pages)


def _has_latin(text: str) -> bool:
    if text in _REGIONS:
        return False
    text = _REFERENCE.sub("", text)
    for known in (*_NO_TEXT, " DE,", " GB,", " IE,"):  # the prefix of a VAT number
        text = text.replace(known, "")
    return re.search(r"[A-Za-z]{2,}", text) is not None
