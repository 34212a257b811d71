"""Webhooks of PayPal: who is let in, and a submit that a webhook alone completes."""

import base64
import datetime
import json
import zlib
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from lambdas.composition.parts import Parts
from lambdas.forms.shop import Shop as Forms
from lambdas.records.broken_promises import BrokenPromises
from lambdas.records.gateway_event import GatewayEvents
from lambdas.runtime.provider_keys import Keys
from lambdas.webhooks import certificates
from lambdas.webhooks.applying import Applying
from lambdas.webhooks.certificates import UnreadableCertificateError, is_signed_by_paypal, public_key
from lambdas.webhooks.handler import Door, respond
from lambdas.webhooks.messages import EventQueue
from lambdas.webhooks.worker import Worker, take
from tests.stand_ins.paypal.payments import DECLINED
from tests.stand_ins.stripe_gateway import SecretStore
from tests.stand_ins.through_paypal.shop import PayPalShop, answered
from tests.stand_ins.through_paypal.test_forms import browser, forms, order_of, ordered
from tests.stand_ins.webhooks.post import TRIES, Queue
from tests.support.build import NOW
from tests.unit.forms.browser import Browser

__all__ = ["browser", "forms"]
WEBHOOK = "8PT597110X687430LKGECATA"
URL = "https://api.paypal.com/v1/notifications/certs/CERT-360caa42"
_PRIVATE = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
_AT = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)


def certificate_of(private: Any) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "messageverificationcerts.paypal.com")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
    dated = made.serial_number(7).not_valid_before(_AT).not_valid_after(_AT + datetime.timedelta(days=300))
    return dated.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


CERTIFICATE = certificate_of(_PRIVATE)


def signed(body: bytes, *, webhook: str = WEBHOOK, at: float = NOW, private: Any = _PRIVATE) -> dict[str, str]:
    time = datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = f"t-1|{time}|{webhook}|{zlib.crc32(body)}".encode()
    return {
        "paypal-transmission-id": "t-1",
        "paypal-transmission-time": time,
        "paypal-cert-url": URL,
        "paypal-auth-algo": "SHA256withRSA",
        "paypal-transmission-sig": base64.b64encode(private.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode(),
    }


def is_let_in(headers: dict[str, str], body: bytes = b"{}", *ids: str, certificate: bytes = CERTIFICATE) -> bool:
    return is_signed_by_paypal(headers, body, ids or (WEBHOOK,), NOW, lambda url: certificate)


@dataclass
class Post:
    """The door and the worker, behind PayPal's stand-in."""

    paypal: PayPalShop
    forms: Forms
    queue: Queue = field(default_factory=Queue)
    sent: int = 0

    def __post_init__(self) -> None:
        events, queue = GatewayEvents(self.paypal.records), EventQueue("queue", self.queue)
        keys = Keys({"paypal": "arn:paypal"}, SecretStore(WEBHOOK), now=self.paypal.clock)
        self.door = Door(keys, events, queue, now=self.paypal.clock)
        parts = Parts(
            self.forms.service, self.paypal.records, self.forms.clients, self.paypal.gateway, self.forms.plans
        )
        self.worker = Worker(Applying(parts), ("paypal",), events, queue, now=self.paypal.clock)

    def post(self, event: Any, **how: Any) -> int:
        body = json.dumps(event)
        headers = signed(body.encode(), **{"at": self.paypal.clock(), **how})
        http = {"pathParameters": {"gateway": "paypal"}, "headers": headers, "body": body, "isBase64Encoded": False}
        return int(respond(http, self.door)["statusCode"])

    def deliver(self) -> list[int]:
        events, self.sent = self.paypal.stand_in.books.events[self.sent :], len(self.paypal.stand_in.books.events)
        return [self.post(each) for each in events]

    def work(self, passes: int = TRIES) -> None:
        for _ in range(passes):
            batch, self.queue.waiting = self.queue.waiting, []
            for message in batch:
                message["receives"] += 1
                counted = {**message, "attributes": {"ApproximateReceiveCount": str(message["receives"])}}
                if not take(counted, self.worker):
                    self.queue.waiting.append(message)
            if self.queue.waiting:
                self.paypal.clock.advance(seconds=60)


@pytest.fixture
def post(paypal: PayPalShop, forms: Forms, monkeypatch: pytest.MonkeyPatch) -> Post:
    monkeypatch.setattr(certificates, "fetched", lambda url: CERTIFICATE)
    return Post(paypal, forms)


def test_a_submit_is_completed_by_a_webhook_alone_when_the_browser_never_returns(
    browser: Browser, forms: Forms, paypal: PayPalShop, post: Post
) -> None:
    answered(ordered(browser).headers["Location"])
    assert order_of(browser, forms).is_lead
    assert set(post.deliver()) == {200}
    post.work()

    order = order_of(browser, forms)
    assert (order.is_lead, order.changed_by) == (False, "webhook:paypal")
    assert len(paypal.holds()) == 1
    post.sent = 0  # everything once more, and the authorization's own event
    assert set(post.deliver()) == {200}
    post.work()
    assert order_of(browser, forms).revision == order.revision
    assert BrokenPromises(paypal.records).read_all() == []


def test_a_declined_instrument_ends_the_payment_though_the_browser_never_returns(
    browser: Browser, forms: Forms, post: Post
) -> None:
    answered(ordered(browser).headers["Location"], DECLINED)
    post.deliver()
    post.work()

    order = order_of(browser, forms)
    assert (order.is_lead, order.attempt, len(order.declined_at)) == (True, None, 1)


def test_an_event_is_a_hint_and_what_it_says_is_not_believed(browser: Browser, forms: Forms, post: Post) -> None:
    name = ordered(browser).headers["Location"].partition("token=")[2]
    lie = {
        "id": "WH-1",
        "event_type": "PAYMENT.CAPTURE.COMPLETED",
        "resource": {"id": "C1", "status": "COMPLETED", "supplementary_data": {"related_ids": {"order_id": name}}},
    }
    assert post.post(lie) == 200
    post.work()

    assert order_of(browser, forms).is_lead


def test_money_that_no_order_knows_stands_on_the_worklist(paypal: PayPalShop, post: Post) -> None:
    paypal.held(key="nobody's", order_id="999999")
    post.deliver()
    post.work()

    (found,) = BrokenPromises(paypal.records).read_all()
    assert "neither an order nor an invoice knows that payment" in found.what


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ({"id": "WH-1", "event_type": "BILLING.PLAN.CREATED", "resource": {"id": "P-1"}}, 200),
        ({"id": "WH-1", "event_type": "CUSTOMER.DISPUTE.CREATED", "resource": {"dispute_id": "../1"}}, 400),
        ({"id": "WH-1", "event_type": "CHECKOUT.ORDER.APPROVED", "resource": {"id": "../1"}}, 400),
        ({"id": "WH-1", "event_type": "CHECKOUT.ORDER.APPROVED"}, 400),
    ],
)
def test_what_is_no_event_of_a_payment_is_not_kept(post: Post, event: Any, status: int) -> None:
    assert post.post(event) == status
    assert post.queue.waiting == []


def test_what_is_signed_for_another_webhook_by_another_key_or_too_long_ago_is_refused(post: Post) -> None:
    event = {"id": "WH-1", "event_type": "CHECKOUT.ORDER.APPROVED", "resource": {"id": "O1"}}
    other = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)

    assert post.post(event, webhook="OTHER") == 401
    assert post.post(event, private=other) == 401
    assert post.post(event, at=post.paypal.clock() - 5 * 86_400) == 401
    assert post.post(event) == 200


def test_a_signature_is_of_one_body_and_one_set_of_headers() -> None:
    headers = signed(b"{}")
    assert is_let_in(headers)
    assert is_let_in(headers, b"{}", "new webhook", WEBHOOK)
    assert not is_let_in(headers, b"{ }")
    for name, value in headers.items():
        if name == "paypal-cert-url":  # any of PayPal's own may be named: the key in it decides
            continue
        for spoilt in ("", value + "x", value[:-1], value.swapcase()):
            assert not is_let_in({**headers, name: spoilt}), (name, spoilt)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.paypal.com/v1/notifications/certs/C",
        "https://api.paypal.com.evil.example/v1/notifications/certs/C",
        "https://api.paypal.com@evil.example/v1/notifications/certs/C",
        "https://api.paypal.com:8443/v1/notifications/certs/C",
        "https://api.paypal.com/v1/notifications/certs/../../oauth2/token",
        "https://api.paypal.com/v2/C",
        "https://[api.paypal.com/v1/notifications/certs/C",
    ],
)
def test_no_certificate_is_fetched_from_elsewhere(url: str) -> None:
    def fetch(url: str) -> bytes:
        raise AssertionError(url)

    assert not is_signed_by_paypal({**signed(b"{}"), "paypal-cert-url": url}, b"{}", (WEBHOOK,), NOW, fetch)


@pytest.mark.parametrize("shift", [1, 2, 300])
def test_a_signature_with_another_padding_is_refused(shift: int) -> None:
    """A forger of short exponents' signatures hides what is not the hash behind it."""
    headers = signed(b"{}")
    number = int.from_bytes(base64.b64decode(headers["paypal-transmission-sig"]), "big") + shift
    spoilt = base64.b64encode(number.to_bytes(256, "big")).decode()

    assert not is_let_in({**headers, "paypal-transmission-sig": spoilt})


def test_the_key_of_a_certificate_is_read_as_the_library_reads_it() -> None:
    numbers = _PRIVATE.public_key().public_numbers()

    assert public_key(CERTIFICATE) == (numbers.n, numbers.e)


@pytest.mark.parametrize(
    "certificate",
    [
        b"",
        b"<html>",
        CERTIFICATE[:400] + b"-----END CERTIFICATE-----",
        certificate_of(ec.generate_private_key(ec.SECP256R1())),
        certificate_of(rsa.generate_private_key(public_exponent=65_537, key_size=1_024)),  # noqa: S505 - that is what is tried
        b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    ],
)
def test_what_is_no_certificate_with_a_strong_rsa_key_signs_nothing(certificate: bytes) -> None:
    with pytest.raises(UnreadableCertificateError):
        public_key(certificate)
    assert not is_let_in(signed(b"{}"), certificate=certificate)
