"""DocuSign Connect's JSON (SIM) of a completed envelope, as a contract.

Custom fields of the envelope name its quote, which has the content that was signed:

    quote_id           the quote (required).

    billing_info_id    or payment_type, payment_token, payment_brand, payment_last_four, payment_expiry, payment_account_type
    document_sha256, document_reference
    signer_ip
    total              the first charge in the document, before tax, such as 730.00

The signature is the envelope: DocuSign completes each once. Shape of the payload:
https://developers.docusign.com/platform/webhooks/connect/json-sim-event-model/
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any

COMPLETED = "envelope-completed"
_PAYMENT = {
    "billing_info_id": "billing_info_id",
    "payment_type": "payment_type",
    "payment_token": "token",
    "payment_brand": "brand",
    "payment_last_four": "last_four",
    "payment_expiry": "expiry",
    "payment_account_type": "account_type",
}


class NotReadableError(ValueError):
    """The payload is not a completed envelope that we can read. The text says why."""


def event_of(payload: Mapping[str, Any]) -> str:
    return str(payload.get("event") or "")


def contract_of(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The contract with the field names of `ContractSigned`, which checks the values. Raises NotReadableError."""
    data = _map(payload, "data")
    envelope = _map(data, "envelopeSummary")
    fields = _custom_fields(envelope)
    envelope_id = str(data.get("envelopeId") or envelope.get("envelopeId") or "")
    if not envelope_id:
        raise NotReadableError("data.envelopeId is missing")
    if "quote_id" not in fields:
        raise NotReadableError("the envelope has no custom field quote_id, which says what was signed")
    payment = {name: fields[field] for field, name in _PAYMENT.items() if field in fields}
    signer = _signer(envelope)
    return {
        "quote_id": fields["quote_id"],
        "signature_id": envelope_id,
        "signed_at": envelope.get("completedDateTime") or payload.get("generatedDateTime"),
        "signer": {
            "name": str(signer.get("name") or ""),
            "email": str(signer.get("email") or ""),
            "ip": fields.get("signer_ip", ""),
        },
        "document": {
            "sha256": fields.get("document_sha256", "").lower() or _sha256(envelope),
            "reference": fields.get("document_reference", "") or f"docusign:envelopes/{envelope_id}/documents/combined",
        },
        **({"payment": payment} if payment else {}),
        **({"total": fields["total"]} if "total" in fields else {}),
    }


def _custom_fields(envelope: Mapping[str, Any]) -> dict[str, str]:
    """Text and list fields by name, without empty ones."""
    groups = envelope.get("customFields") or {}
    if not isinstance(groups, Mapping):
        return {}
    found = [*_list(groups.get("textCustomFields")), *_list(groups.get("listCustomFields"))]
    return {
        str(field.get("name") or "").strip().lower(): str(field.get("value")).strip()
        for field in found
        if field.get("value")
    }


def _signer(envelope: Mapping[str, Any]) -> Mapping[str, Any]:
    """The last signer. The client's signer comes after those who only approve."""
    recipients = envelope.get("recipients") or {}
    signers = _list(recipients.get("signers")) if isinstance(recipients, Mapping) else []
    done = [signer for signer in signers if signer.get("status") in ("completed", "signed")] or signers
    if not done:
        raise NotReadableError("data.envelopeSummary.recipients.signers is missing; let Connect include recipients")
    return max(done, key=lambda signer: str(signer.get("signedDateTime") or ""))


def _sha256(envelope: Mapping[str, Any]) -> str:
    """The digest of the signed document, if Connect includes exactly one."""
    contents = [document["PDFBytes"] for document in _list(envelope.get("envelopeDocuments")) if "PDFBytes" in document]
    if len(contents) != 1:
        return ""
    try:
        return hashlib.sha256(base64.b64decode(str(contents[0]), validate=True)).hexdigest()
    except binascii.Error:
        raise NotReadableError("data.envelopeSummary.envelopeDocuments holds no base64") from None


def _map(tree: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = tree.get(name)
    if not isinstance(found, Mapping):
        raise NotReadableError(f"{name} is missing; let Connect send JSON (SIM) with custom fields and recipients")
    return found


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
