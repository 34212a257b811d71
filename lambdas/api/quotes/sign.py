"""`client.quote_sign`: makes a contract of the request, and accepts it like every other one (lambdas/contracts)."""

import hashlib
import secrets
from datetime import UTC, datetime

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.errors import MalformedRequestError
from lambdas.api.quotes.requests import QuoteSignRequest
from lambdas.contracts.acceptance import Accepted, ContractIntake
from lambdas.contracts.contract import ContractSigned
from lambdas.contracts.parse import read_contract
from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.orders.errors import CardDataError, Problem
from lambdas.orders.payment_ports import PRESENT
from lambdas.records.posts.attachment import Attachment, AttachmentFiles, NewFile, plain_name, refuse_unfit
from lambdas.records.posts.post import Post, PostKind, PostRecords
from lambdas.records.quotes.quote import Quote
from lambdas.records.request_key import RequestKey
from lambdas.runtime.settings import Settings

_CONTACT = ("first", "last", "email", "company", "address", "city", "state", "zip", "country", "phone")
_ON_ACCOUNT = "-1"
_DOCUMENTS = ("pdf", "png", "jpg", "jpeg", "docx", "odt", "doc")
_ONCE = "quote_sign"  # names the one signature of a quote that takes one


class SigningSettings(Settings):
    """`attachment_bucket`: where the signed document is kept."""

    attachment_bucket: str = ""
    preauthorize_contracts: bool = True


def sign(backend: Backend, request: QuoteSignRequest, caller: Caller, quote: Quote) -> Accepted:
    """Accept the signature and return its order. A persistent quote makes a new order each time, or per Idempotency-Key."""
    settings = SigningSettings.from_environment()
    files = _contract_file(caller)
    intake = ContractIntake(
        backend.service, backend.records, backend.plans, preauthorize=settings.preauthorize_contracts
    )
    contract = _contract(request, caller, quote, files, backend.service.now())
    accepted = intake.accept(contract, f"api:{caller.name}", PRESENT)
    if files:
        _keep(backend, accepted, files, settings.attachment_bucket, caller)
    return accepted


def _contract(
    request: QuoteSignRequest, caller: Caller, quote: Quote, files: list[NewFile], now: int
) -> ContractSigned:
    """The request as a contract that names the quote. Raises ContractMalformedError naming each wrong field."""
    contact = {name: value for name in _CONTACT if (value := getattr(request, name))}
    return read_contract(
        {
            "quote_id": quote.quote_id,
            "signature_id": _signature(caller) if quote.contract_persists else _ONCE,
            "signed_at": datetime.fromtimestamp(now, UTC),
            "signer": {"name": request.signer, "ip": request.signer_ip},
            "document": {"sha256": hashlib.sha256(files[0].content).hexdigest() if files else ""},
            "payment": _payment(request),
            "total": None if request.total is None else str(request.total),
            "contact": contact or None,
        }
    )


def stored_method_of(request: QuoteSignRequest) -> str | None:
    """The card or account it names that the client has stored."""
    return None if request.billing_info_id == _ON_ACCOUNT else request.billing_info_id


def _signature(caller: Caller) -> str:
    if caller.call.idempotency_key is None:
        return f"{_ONCE}-{secrets.token_hex(16)}"
    return f"{_ONCE}-{hashlib.sha256(f'{caller.name}:{caller.call.idempotency_key}'.encode()).hexdigest()}"


def _payment(request: QuoteSignRequest) -> dict[str, str]:
    tokens = {"billing_info_id": request.billing_info_id, "cc_token": request.cc_token, "ach_token": request.ach_token}
    ways = [name for name, value in tokens.items() if value]
    if len(ways) > 1:
        raise MalformedRequestError(*(Problem(name, "name one way to pay, not several") for name in ways))
    for number, token in (("cc_num", "cc_token"), ("ach_acct", "ach_token")):
        if getattr(request, number) and not tokens[token]:
            raise MalformedRequestError(Problem(token, "is needed: the token that the payment page gave"))
    if request.cc_token:
        four = (request.cc_num or "")[-4:]
        return {"payment_type": "cc", "token": request.cc_token, "last_four": four, "expiry": request.cc_exp or ""}
    if request.ach_token:
        four, bank, kind = (request.ach_acct or "")[-4:], request.ach_bank or "", request.ach_type or ""
        return {
            "payment_type": "ach",
            "token": request.ach_token,
            "last_four": four,
            "brand": bank,
            "account_type": kind,
        }
    if stored := stored_method_of(request):
        return {"billing_info_id": stored}
    return {"payment_type": "invoice"}


def _contract_file(caller: Caller) -> list[NewFile]:
    """The file sent as `contract`, if it is fit to be kept."""
    files = [
        NewFile(file.field, plain_name(file.name), file.content)
        for file in caller.call.files
        if file.field.partition("[")[0].strip() == "contract"
    ]
    if len(files) > 1:
        raise MalformedRequestError(Problem("contract", "must be one file"))
    refuse_unfit(files)
    for file in files:
        if file.ending not in _DOCUMENTS:
            raise MalformedRequestError(Problem(file.field, f"must be a document: {', '.join(_DOCUMENTS)}"))
        if has_card_number(file.name):
            raise CardDataError(file.field)
    return files


def _keep(backend: Backend, accepted: Accepted, files: list[NewFile], bucket: str, caller: Caller) -> None:
    """Keep the document on a note for staff. The file is kept first, so that no note names a missing one."""
    order_id, now = accepted.order.order_id, backend.service.now()
    posts, kept = PostRecords(backend.records), AttachmentFiles(bucket)
    content = {"files": [file.digest for file in files]}
    key = RequestKey.of("contracts", accepted.contract.content.digest, "document", content, now)
    if posts.made_with(key):
        return
    post_id = posts.new_id()
    attachments = tuple(Attachment.of(file, order_id, post_id, place) for place, file in enumerate(files, 1))
    for attachment, file in zip(attachments, files, strict=True):
        kept.keep(attachment, file.content)
    note = Post(
        post_id=post_id,
        order_id=order_id,
        kind=PostKind.COMMENT,
        author="contracts",
        by=caller.name,
        subject="Signed contract",
        body=f"The contract as it was signed, SHA-256 {accepted.contract.content.document.sha256}.",
        posted_at=now,
        attachments=attachments,
    )
    posts.add(note, key)
