"""Signed contracts as they were taken in: evidence that is kept unchanged, and what was made of each.

The natural key is contract and signature (reference/order-systems.md D17 and P11): one `contract#<digest>` per pair, for ever.
`of_order` finds the contract of an order without trusting what the order says of itself.

Longer than 200 lines, because a contract is stored with its refusals and its outcome.
"""

import hashlib
import json
from enum import StrEnum
from typing import Any

from lambdas.orders.errors import Again, Nature, OrderError, Problem
from lambdas.records.quotes.service import QuotedService
from lambdas.records.table import ConditionFailedError, RecordTable
from lambdas.runtime.items import to_item
from lambdas.runtime.models import Frozen


class Outcome(StrEnum):
    """The outcome for the order: it left Leads, stayed a lead that waits for a person, or was canceled in the meantime."""

    SUBMITTED = "submitted"
    LEAD = "lead"
    CANCELED = "canceled"


class Signer(Frozen):
    name: str
    email: str = ""
    ip: str = ""


class SignedDocument(Frozen):
    """`sha256`: of the signed document, hexadecimal. `reference`: where its keeper finds it."""

    sha256: str = ""
    reference: str = ""


class SignedContract(Frozen):
    """All that was signed. `signed_at` in Unix seconds; `contact` and `payment` by the names of the order's `info`.

    `persistent`: the same contract may be signed again, each time for a new order. `currency`: of all amounts; empty in
    contracts of earlier releases, which knew amounts with two digits only.
    """

    contract_id: str
    signature_id: str
    signed_at: int
    signer: Signer
    order_queue_id: int
    brand_id: int
    client_id: str | None = None
    contact: dict[str, str] = {}
    services: tuple[QuotedService, ...]
    owner: str = ""
    opportunity_id: int = 0
    payment: dict[str, str] = {}
    document: SignedDocument = SignedDocument()
    persistent: bool = False
    currency: str = ""
    term_months: int | None = None
    quote_id: str | None = None

    @property
    def digest(self) -> str:
        return contract_digest(self.contract_id, self.signature_id)

    def lines(self) -> dict[str, QuotedService]:
        """The services by the names of the order's packs."""
        return {f"pack{number}": service for number, service in enumerate(self.services, start=1)}


def contract_digest(contract_id: str, signature_id: str) -> str:
    return hashlib.sha256(json.dumps([contract_id, signature_id]).encode()).hexdigest()


class KeptContract(Frozen):
    """A stored contract. `content_hash` tells a repeat. `received_by`: the door it came through.

    `order_id`, `outcome` and `reason` are set once its order was handled.
    """

    content: SignedContract
    content_hash: str
    received_at: int
    received_by: str
    order_id: str | None = None
    outcome: Outcome | None = None
    reason: str = ""


class ContractDiffersError(OrderError):
    """The same signature came before with other content."""

    kind = "conflict"
    nature = Nature.CONFLICT
    again = Again.SAME

    def __init__(self, kept: KeptContract) -> None:
        made = f", of which order {kept.order_id} was made" if kept.order_id else ""
        text = (
            f"this signature of the contract was taken in before with other content{made}; a new signature has a new id"
        )
        super().__init__(
            f"signature_id: {text}",
            problems=(Problem("signature_id", text),),
            **({"order_id": kept.order_id} if kept.order_id else {}),
        )


class ContractSignedBeforeError(OrderError):
    """A contract that takes one signature came with a second one."""

    kind = "conflict"
    nature = Nature.CONFLICT

    def __init__(self) -> None:
        text = "this contract was taken in with another signature; one that is signed again and again must say `persistent`"
        super().__init__(f"contract_id: {text}", problems=(Problem("contract_id", text),))


class ContractBusyError(OrderError):
    kind = "busy"
    nature = Nature.CONFLICT
    again = Again.LATER
    retry_after_seconds = 1

    def __init__(self) -> None:
        super().__init__("the same contract is being taken in at this moment; send it again in a few seconds")


class ContractRecords:
    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def get(self, digest: str) -> KeptContract | None:
        found = self._table.get(*_key(digest).values())
        return KeptContract.model_validate(found) if found else None

    def of_order(self, order_id: str) -> KeptContract | None:
        found = self._table.get(_of_order_pk(order_id), "contract")
        return self.get(str(found["digest"])) if found else None

    def keep(self, kept: KeptContract) -> KeptContract:
        """Store the contract and return it; if it came before, return it as it was stored first.

        Raises ContractDiffersError, ContractSignedBeforeError, ContractBusyError.
        """
        contract = kept.content
        writes = [self._table.new({**_key(contract.digest), **kept.model_dump(exclude_none=True)})]
        if not contract.persistent:
            name = hashlib.sha256(contract.contract_id.encode()).hexdigest()
            writes.append(self._table.new({"pk": f"contract_id#{name}", "sk": "contract", "digest": contract.digest}))
        patience = self._table.patience()
        while True:
            try:
                self._table.write_all(writes)
                return kept
            except ConditionFailedError as refused:
                if first := self.get(contract.digest):
                    return same_as(first, kept.content_hash)
                if refused.failed:
                    raise ContractSignedBeforeError from None
            patience.wait_or_raise(ContractBusyError)  # A transaction of the same contract is still open.

    def replace(self, kept: KeptContract) -> bool:
        """Write another text of a stored contract, as when its person is erased. False if it is not stored. May be repeated."""
        record = {**_key(kept.content.digest), **kept.model_dump(exclude_none=True)}
        return self._table.put_if("content_hash = :same", record, same=kept.content_hash)

    def record_outcome(self, kept: KeptContract, order_id: str, outcome: Outcome, reason: str) -> KeptContract:
        """Record what became of the contract, once: an earlier outcome stays. Raises ContractBusyError."""
        digest, patience = kept.content.digest, self._table.patience()
        update = {
            "Update": {
                "TableName": self._table.name,
                "Key": to_item(_key(digest)),
                "UpdateExpression": "SET order_id = :order, outcome = :outcome, reason = :reason",
                "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(outcome)",
                "ExpressionAttributeValues": to_item({":order": order_id, ":outcome": outcome, ":reason": reason}),
            }
        }
        of_order: dict[str, Any] = {"pk": _of_order_pk(order_id), "sk": "contract", "digest": digest}
        while True:
            try:
                self._table.write_all([update, self._table.new(of_order)])
                return kept.model_copy(update={"order_id": order_id, "outcome": outcome, "reason": reason})
            except ConditionFailedError:
                first = self.get(digest)
                if first is not None and first.outcome is not None:
                    return first
            patience.wait_or_raise(ContractBusyError)


def same_as(kept: KeptContract, content_hash: str) -> KeptContract:
    """The stored contract, if this is the same. Raises ContractDiffersError."""
    if kept.content_hash != content_hash:
        raise ContractDiffersError(kept)
    return kept


def _of_order_pk(order_id: str) -> str:
    return f"contract_of#{order_id}"


def _key(digest: str) -> dict[str, str]:
    return {"pk": f"contract#{digest}", "sk": "contract"}
