"""E-signature providers: how to verify each one's webhooks and read a contract from them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambdas.intake import docusign
from lambdas.intake.docusign import NotReadableError
from lambdas.intake.signatures import is_signed_by_docusign, is_signed_with_time

GENERIC_EVENT = "ContractSigned"


@dataclass(frozen=True)
class Provider:
    """`is_from`: headers, raw body, our keys, Unix seconds. `event_of`, `contract_of`: of the parsed body."""

    is_from: Callable[[Mapping[str, str], bytes, Sequence[str], int], bool]
    event: str
    event_of: Callable[[Mapping[str, Any]], str]
    contract_of: Callable[[Mapping[str, Any]], Any]


def _generic_contract(payload: Mapping[str, Any]) -> Any:
    if "contract" not in payload:
        raise NotReadableError("contract is missing; send {event, contract}")
    return payload["contract"]


PROVIDERS: Mapping[str, Provider] = {
    "docusign": Provider(
        is_from=lambda headers, body, keys, now: is_signed_by_docusign(headers, body, keys),
        event=docusign.COMPLETED,
        event_of=docusign.event_of,
        contract_of=docusign.contract_of,
    ),
    "generic": Provider(
        is_from=is_signed_with_time,
        event=GENERIC_EVENT,
        event_of=lambda payload: str(payload.get("event") or ""),
        contract_of=_generic_contract,
    ),
}
