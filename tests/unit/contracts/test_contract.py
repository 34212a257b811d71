"""What a contract must say, and how it is told when it does not."""

import json
from typing import Any

import pytest

from infra.generate.event_schemas import FILES, document
from lambdas.contracts.errors import ContractCardDataError, ContractMalformedError
from lambdas.contracts.parse import read_contract
from lambdas.records.quotes.service import QuotedService
from tests.support.contracts import SHA256, a_contract, a_service

BY_QUOTE = {"quote_id": "17", "signature_id": "s", "signed_at": "2027-01-15T08:00:00Z", "signer": {"name": "Ada"}}
CARD = "4111 1111 1111 1111"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"version": 2}, "version"),
        ({"signature_id": ""}, "signature_id"),
        ({"signed_at": "2027-01-15T08:00:00"}, "signed_at"),
        ({"signer": {}}, "signer.name"),
        ({"signers": []}, "signers"),
        ({"services": []}, "contract"),
        ({"client_id": "101"}, "contract"),
        ({"contact": None}, "contract"),
        ({"services": [a_service(price="-1")]}, "services.0.price"),
        ({"services": [a_service(price=480)]}, "services.0.price"),
        ({"services": [a_service(price="1.00005")]}, "services.0.price"),
        ({"services": [a_service(discont="1")]}, "services.0.discont"),
        ({"services": [a_service(quantity=0)]}, "services.0.quantity"),
        ({"services": [a_service()] * 101}, "services"),
        ({"payment": {"payment_type": "cc"}}, "payment"),
        ({"payment": {"payment_type": "wire", "token": "tok"}}, "payment"),
        ({"payment": {"billing_info_id": "1", "payment_type": "cc", "token": "tok"}}, "payment"),
        ({"document": {"sha256": "abc"}}, "document.sha256"),
        ({"quote_id": "17"}, "contract"),
    ],
)
def test_what_is_wrong_is_named_and_not_quoted(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ContractMalformedError) as refused:
        read_contract(a_contract(**changes))

    assert [problem.field for problem in refused.value.problems] == [field]
    assert "Lovelace" not in refused.value.message


@pytest.mark.parametrize("raw", [None, [], "x", 1])
def test_what_is_no_object_is_refused(raw: Any) -> None:
    with pytest.raises(ContractMalformedError, match="JSON object"):
        read_contract(raw)


@pytest.mark.parametrize(
    "changes",
    [
        {"contract_id": CARD},
        {"services": [a_service(description=f"paid with {CARD}")]},
        {"payment": {"payment_type": "cc", "token": CARD.replace(" ", "")}},
        {"anything": {"deep": [CARD]}},
        {"number": int(CARD.replace(" ", ""))},
    ],
)
def test_card_numbers_are_refused_wherever_they_stand_and_never_repeated(changes: dict[str, Any]) -> None:
    with pytest.raises(ContractCardDataError) as refused:
        read_contract(a_contract(**changes))

    assert CARD.replace(" ", "") not in refused.value.message.replace(" ", "")


def test_a_document_s_hash_is_no_card_number() -> None:
    looks_like_one = f"4111111111111111{SHA256[16:]}"

    assert read_contract(a_contract(document={"sha256": looks_like_one})).document.sha256 == looks_like_one


def test_a_contract_that_nests_without_end_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(50):
        deep = {"deep": deep}

    with pytest.raises(ContractMalformedError, match="levels deep"):
        read_contract(a_contract(services=[deep]))


def test_with_a_quote_the_signature_alone_is_said() -> None:
    assert read_contract(BY_QUOTE).quote_id == "17"
    assert read_contract({**BY_QUOTE, "contact": {"first": "Eve"}}).contact is not None
    with pytest.raises(ContractMalformedError, match="the quote says owner"):
        read_contract({**BY_QUOTE, "owner": "eve"})


def test_the_same_said_in_another_order_or_moment_has_the_same_hash() -> None:
    contract = a_contract()
    again = json.loads(json.dumps(dict(reversed(contract.items())))) | {"signed_at": "2027-01-15T09:00:00+01:00"}

    assert read_contract(contract).content_hash() == read_contract(again).content_hash()
    assert read_contract(contract).content_hash() != read_contract(a_contract(owner="eve")).content_hash()


def test_every_amount_of_a_pack_is_named() -> None:
    service = QuotedService(plan_id="2", period=1, price_cents=0)

    assert (service.as_pack("USD")["price"], service.as_pack("USD")["setup"]) == ("0.00", "0.00")


@pytest.mark.parametrize("name", FILES)
def test_the_published_schema_is_the_model_s(name: str) -> None:
    """`python -m infra.generate.event_schemas` writes it."""
    assert FILES[name].read_text("utf-8") == document(name)
