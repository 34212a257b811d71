"""Contracts as senders send them."""

import base64
import hashlib
import hmac
from typing import Any

COLOCATION = 5
SIGNED_AT = "2027-01-15T08:00:00Z"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def a_service(**changes: Any) -> dict[str, Any]:
    service = {"description": "Ten units, 2 x 16 A", "period": 1, "price": "480.00", "setup": "250.00"}
    return {**service, **changes}


def a_contract(**changes: Any) -> dict[str, Any]:
    """A new client's, for colocation, which is paid on account."""
    contract = {
        "version": 1,
        "contract_id": "C-2027-17",
        "signature_id": "sig-1",
        "signed_at": SIGNED_AT,
        "signer": {"name": "Ada Lovelace", "email": "ada@example.com", "ip": "192.0.2.7"},
        "document": {"sha256": SHA256, "reference": "archive:17"},
        "order_queue_id": COLOCATION,
        "contact": {"first": "Ada", "last": "Lovelace", "email": "ada@example.com", "country": "GB"},
        "services": [a_service()],
        "owner": "grace",
        "opportunity_id": 77,
        "term_months": 24,
    }
    return {**contract, **changes}


def by_card(token: str) -> dict[str, str]:
    return {"payment_type": "cc", "token": token, "brand": "Visa", "last_four": "4242", "expiry": "1230"}


def an_envelope(quote_id: str, **fields: str) -> dict[str, Any]:
    """What DocuSign Connect sends when an envelope is completed; `fields` are its custom fields."""
    custom = {"quote_id": quote_id, **fields}
    envelope_id = "98765432-dcba-4321-dcba-0987654321ab"
    return {
        "event": "envelope-completed",
        "apiVersion": "v2.1",
        "uri": f"/restapi/v2.1/accounts/a-1/envelopes/{envelope_id}",
        "retryCount": 0,
        "configurationId": 1060,
        "generatedDateTime": "2027-01-15T08:00:05.1234567Z",
        "data": {
            "accountId": "a-1",
            "userId": "u-1",
            "envelopeId": envelope_id,
            "envelopeSummary": {
                "status": "completed",
                "emailSubject": "Please sign",
                "envelopeId": envelope_id,
                "completedDateTime": "2027-01-15T08:00:04.8370000Z",
                "customFields": {
                    "textCustomFields": [
                        {"fieldId": str(number), "name": name, "show": "false", "required": "false", "value": value}
                        for number, (name, value) in enumerate(custom.items())
                    ],
                    "listCustomFields": [],
                },
                "recipients": {
                    "signers": [
                        {"name": "Boss", "status": "completed", "signedDateTime": "2027-01-15T07:00:00Z"},
                        {
                            "name": "Ada Lovelace",
                            "email": "ada@example.com",
                            "status": "completed",
                            "signedDateTime": "2027-01-15T08:00:04Z",
                        },
                    ]
                },
            },
        },
    }


def docusign_headers(body: bytes, *keys: str) -> dict[str, str]:
    digests = (hmac.new(key.encode(), body, hashlib.sha256).digest() for key in keys)
    return {
        f"x-docusign-signature-{number}": base64.b64encode(digest).decode()
        for number, digest in enumerate(digests, start=1)
    }


def timed_headers(body: bytes, now: int, *keys: str) -> dict[str, str]:
    signed = str(now).encode() + b"." + body
    digests = (hmac.new(key.encode(), signed, hashlib.sha256).hexdigest() for key in keys)
    return {"x-signature": ",".join([f"t={now}", *(f"v1={digest}" for digest in digests)])}
