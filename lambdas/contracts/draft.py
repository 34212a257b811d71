"""The order that a signed contract asks for. Pure."""

from datetime import UTC, datetime
from typing import Any

from lambdas.orders.decisions.lead.draft import OrderDraft
from lambdas.records.quotes.contract import SignedContract

DEFAULT_OWNER = "sales"  # who acts on a contract that names nobody


def draft_of(contract: SignedContract) -> OrderDraft:
    """The same contract always makes the same draft, so that creating it again is a repeat."""
    packs = {line: service.as_pack(contract.currency) for line, service in contract.lines().items()}
    address = {"ip_address": contract.signer.ip} if contract.signer.ip else {}
    return OrderDraft(
        order_queue_id=contract.order_queue_id,
        client_id=contract.client_id,
        opportunity_id=contract.opportunity_id or None,
        owner=contract.owner or DEFAULT_OWNER,
        signature=contract.signer.name,
        info={**contract.contact, **contract.payment, **address, **packs, "contract": _evidence(contract)},
    )


def _evidence(contract: SignedContract) -> dict[str, Any]:
    """`info.contract`: what people look up; the contract itself is kept apart and does not change with the order."""
    stated = {
        "contract_id": contract.contract_id,
        "signature_id": contract.signature_id,
        "quote_id": contract.quote_id,
        "signed_at": datetime.fromtimestamp(contract.signed_at, UTC).isoformat().replace("+00:00", "Z"),
        "signer_email": contract.signer.email,
        "document_sha256": contract.document.sha256,
        "document_reference": contract.document.reference,
        "term_months": contract.term_months,
        "persistent": "1" if contract.persistent else "0",
    }
    return {key: value for key, value in stated.items() if value not in ("", None)}
