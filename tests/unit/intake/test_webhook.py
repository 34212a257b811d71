"""`POST /contracts/<provider>`: verified before it is read, kept before it is answered."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest import MonkeyPatch

from lambdas.intake import webhook
from lambdas.intake.messages import ContractQueue
from lambdas.intake.webhook import MAX_BODY_BYTES, Webhooks, respond
from lambdas.runtime.provider_keys import KEPT_SECONDS, Keys
from tests.support.build import NOW
from tests.support.contracts import SHA256, a_contract, an_envelope, docusign_headers, timed_headers
from tests.support.logs import logged

CARD = "4111111111111111"


@dataclass
class Sqs:
    """Takes messages, or is out of reach."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    broken: bool = False

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:
        if self.broken:
            raise ConnectionError("out of reach")
        self.messages.append(json.loads(MessageBody))


@dataclass
class Secrets:
    text: str = "k1"
    asked: int = 0

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:
        self.asked += 1
        return {"SecretString": self.text}


@dataclass
class Door:
    sqs: Sqs = field(default_factory=Sqs)
    secrets: Secrets = field(default_factory=Secrets)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        arns = {"docusign": "arn:d", "generic": "arn:g"}
        keys = Keys(arns, self.secrets, now=lambda: self.seconds)
        self.webhooks = Webhooks(keys, ContractQueue("queue", self.sqs), now=lambda: float(NOW))

    def send(self, provider: str, body: bytes, headers: dict[str, str], *, encoded: bool = False) -> tuple[int, Any]:
        event = {
            "pathParameters": {"provider": provider},
            "headers": headers,
            "body": base64.b64encode(body).decode() if encoded else body.decode(),
            "isBase64Encoded": encoded,
        }
        answer = respond(event, self.webhooks)
        return answer["statusCode"], json.loads(answer["body"])

    def docusign(self, payload: Any) -> tuple[int, Any]:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        return self.send("docusign", body, docusign_headers(body, "k1"))

    def generic(self, payload: Any) -> tuple[int, Any]:
        body = json.dumps(payload).encode()
        return self.send("generic", body, timed_headers(body, NOW, "k1"))


@pytest.fixture
def door() -> Door:
    return Door()


def test_a_completed_envelope_is_kept_as_a_contract_and_answered(door: Door) -> None:
    payload = an_envelope("17", payment_type="cc", payment_token="tok_approve", payment_last_four="4242")

    assert door.docusign(payload) == (200, {"received": True})

    (message,) = door.sqs.messages
    assert message == {
        "provider": "docusign",
        "contract": {
            "quote_id": "17",
            "signature_id": "98765432-dcba-4321-dcba-0987654321ab",
            "signed_at": "2027-01-15T08:00:04.8370000Z",
            "signer": {"name": "Ada Lovelace", "email": "ada@example.com", "ip": ""},
            "document": {
                "sha256": "",
                "reference": "docusign:envelopes/98765432-dcba-4321-dcba-0987654321ab/documents/combined",
            },
            "payment": {"payment_type": "cc", "token": "tok_approve", "last_four": "4242"},
        },
    }


def test_documents_are_not_kept_but_their_hash_is(door: Door) -> None:
    payload = an_envelope("17")
    payload["data"]["envelopeSummary"]["envelopeDocuments"] = [
        {"documentId": "1", "PDFBytes": base64.b64encode(b"test").decode()}
    ]

    door.docusign(payload)

    (message,) = door.sqs.messages
    assert message["contract"]["document"]["sha256"] == SHA256
    assert "PDFBytes" not in json.dumps(message)


def test_a_contract_of_the_generic_provider_is_kept_as_it_is(door: Door) -> None:
    contract = a_contract()

    assert door.generic({"event": "ContractSigned", "contract": contract}) == (200, {"received": True})
    assert door.sqs.messages == [{"provider": "generic", "contract": contract}]


def test_the_raw_body_is_verified_however_it_is_handed_over(door: Door) -> None:
    body = json.dumps(an_envelope("17"), ensure_ascii=False, indent=3).encode()

    assert door.send("docusign", body, docusign_headers(body, "k1"), encoded=True)[0] == 200


@pytest.mark.parametrize("event", ["envelope-sent", "recipient-completed", "", None])
def test_other_events_are_answered_and_ignored(door: Door, event: str | None) -> None:
    status, body = door.docusign({**an_envelope("17"), "event": event})

    assert (status, body["received"], door.sqs.messages) == (200, False, [])


def test_unknown_providers_are_not_found(door: Door) -> None:
    assert door.send("hellosign", b"{}", {})[0] == 404
    assert door.send("", b"{}", {})[0] == 404


def test_a_provider_that_the_stage_does_not_listen_to_is_not_found() -> None:
    door = Door()
    door.webhooks = Webhooks(Keys({"generic": "arn"}, door.secrets), ContractQueue("queue", door.sqs))

    assert door.docusign(an_envelope("17"))[0] == 404


def test_a_forged_signature_is_refused_before_anything_is_read(door: Door) -> None:
    for body in (b"{not json", json.dumps(an_envelope("17")).encode()):
        status, answer = door.send("docusign", body, docusign_headers(body, "forged"))
        assert (status, answer["type"]) == (401, "urn:order-queues:problem:bad_signature")
    assert door.sqs.messages == []


def test_a_stale_signature_is_refused(door: Door) -> None:
    body = json.dumps({"event": "ContractSigned", "contract": a_contract()}).encode()

    assert door.send("generic", body, timed_headers(body, NOW - 301, "k1"))[0] == 401
    assert door.sqs.messages == []


def test_an_oversized_delivery_is_refused_before_its_signature_is_looked_at(door: Door) -> None:
    assert door.docusign(b"x" * (MAX_BODY_BYTES + 1))[0] == 413
    assert door.secrets.asked == 0


def test_a_contract_that_fits_no_message_is_refused(door: Door) -> None:
    assert door.generic({"event": "ContractSigned", "contract": {"notes": "x" * 250_000}})[0] == 413


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"not json", "the body is not JSON"),
        (b"[1]", "the body must be one JSON object"),
        (b'{"event": "envelope-completed"}', "data is missing"),
        (json.dumps(an_envelope("")).encode(), "no custom field quote_id"),
    ],
)
def test_what_is_signed_and_cannot_be_read_is_kept_with_its_reason(door: Door, body: bytes, reason: str) -> None:
    assert door.docusign(body)[0] == 200

    (message,) = door.sqs.messages
    assert reason in message["unreadable"]
    assert message["body"] == body.decode()


def test_a_card_number_is_neither_kept_nor_repeated(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    for payload in ({"event": "ContractSigned", "contract": a_contract(owner=CARD)}, {"event": "ContractSigned"}):
        said = payload if "contract" in payload else {**payload, "card": CARD}
        status, answer = door.generic(said)
        assert (status, answer["type"]) == (422, "urn:order-queues:problem:card_data")
        assert CARD not in json.dumps(answer)
    assert door.sqs.messages == []
    assert CARD not in logged(caplog)


def test_what_could_not_be_kept_is_not_answered_with_success(door: Door, monkeypatch: MonkeyPatch) -> None:
    door.sqs.broken = True
    monkeypatch.setattr(webhook, "_webhooks", lambda: door.webhooks)
    body = json.dumps(an_envelope("17")).encode()
    event = {"pathParameters": {"provider": "docusign"}, "headers": docusign_headers(body, "k1"), "body": body.decode()}

    answer = webhook.handler(event, None)

    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "60")
    door.sqs.broken = False
    assert webhook.handler(event, None)["statusCode"] == 200


def test_keys_are_fetched_late_kept_a_while_and_exchanged_without_a_deploy(door: Door) -> None:
    assert door.secrets.asked == 0
    for _ in range(3):
        assert door.docusign(an_envelope("17"))[0] == 200
    assert door.secrets.asked == 1

    door.secrets.text = "k2\nk1\n"
    door.seconds = KEPT_SECONDS + 1
    body = json.dumps(an_envelope("18")).encode()
    assert door.send("docusign", body, docusign_headers(body, "k2"))[0] == 200
    assert door.docusign(an_envelope("19"))[0] == 200


def test_no_person_and_no_key_is_in_the_log(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    door.docusign(an_envelope("17"))
    door.docusign(b"not json, by Ada Lovelace")

    assert "kept" in logged(caplog)
    assert "Lovelace" not in logged(caplog)
    assert "k1" not in logged(caplog).split()
