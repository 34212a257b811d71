"""Nobody pays for what they did not sign: another sum than the document's makes nothing, and a changed order is not submitted."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.contract import ContractSigned
from lambdas.contracts.errors import ContractMalformedError, ContractRefusedError
from lambdas.contracts.parse import read_contract
from lambdas.orders.ports import Sale
from lambdas.records.quotes.contract import Outcome
from lambdas.records.quotes.errors import QuoteTotalError
from lambdas.records.quotes.quote import QuoteStatus
from lambdas.records.quotes.service import QuotedOption, QuotedService
from tests.support.build import NOW, hold_key
from tests.support.contracts import SIGNED_AT, a_contract, a_service, by_card
from tests.support.coupons import pricing_with
from tests.unit.contracts.conftest import HOSTING, DyingClient, ProcessDied, Sales

SALE = Sale(brand_id=2, client_id=None, now=NOW, currency="USD")  # a brand without taxes


def said(**changes: Any) -> ContractSigned:
    return read_contract(a_contract(order_queue_id=HOSTING, payment=by_card("tok_approve"), **changes))


def of_quote(quote_id: str, **changes: Any) -> ContractSigned:
    signer = {"name": "Ada Lovelace"}
    signed = {"quote_id": quote_id, "signature_id": "sig-1", "signed_at": SIGNED_AT, "signer": signer}
    return read_contract({**signed, **changes})


def test_a_quote_that_was_changed_after_it_was_sent_out_is_not_signed(sales: Sales) -> None:
    quote = sales.quote()
    dearer = QuotedService(description="Ten units", period=1, price_cents=96_000, setup_cents=25_000)
    sales.quotes.update(quote.quote_id, lambda before: before.model_copy(update={"services": {"1": dearer}}))

    with pytest.raises(QuoteTotalError, match=r"says 730\.00 before tax, and quote 1 comes to 1210\.00"):
        sales.process().accept(of_quote(quote.quote_id, total="730.00"), "contract:event")

    assert (sales.orders(), sales.quotes.get(quote.quote_id).status) == ([], QuoteStatus.OPEN)
    signed = sales.process().accept(of_quote(quote.quote_id, total="1210"), "contract:event")
    assert signed.contract.outcome is Outcome.SUBMITTED


def test_a_contract_whose_services_come_to_another_sum_makes_nothing(sales: Sales) -> None:
    with pytest.raises(QuoteTotalError):
        sales.process().accept(said(total="700.00"), "contract:event")

    assert sales.orders() == []
    assert sales.process().accept(said(total="730.00"), "contract:event").contract.outcome is Outcome.SUBMITTED


def test_an_order_changed_before_its_submit_waits_for_a_person_and_holds_nothing(sales: Sales) -> None:
    with pytest.raises(ProcessDied):  # after the order is made, before it is submitted
        sales.process(DyingClient(sales.dynamodb, at=3, done=True)).accept(said(), "contract:event")
    (order,) = sales.orders()
    assert order.is_lead
    sales.service().update(order, {"info": {"pack1": {"quantity": 10}}})

    accepted = sales.process().accept(said(), "contract:event")

    assert (accepted.contract.outcome, accepted.order.is_lead) == (Outcome.LEAD, True)
    assert "pack1 quantity: signed 1, ordered 10" in accepted.contract.reason
    assert sales.gateway().find(hold_key(order)) is None
    (note,) = sales.posts(order.order_id)
    assert "is not what was signed" in note.body


amounts = st.integers(min_value=0, max_value=99_999)
options = st.dictionaries(
    st.sampled_from(["31", "32", "x"]), st.builds(QuotedOption, price_cents=amounts, setup_cents=amounts), max_size=3
)


@given(
    st.builds(
        QuotedService,
        description=st.just("Ten units"),
        period=st.integers(0, 24),
        quantity=st.integers(1, 50),
        setup_per_unit=st.booleans(),
        price_cents=amounts,
        setup_cents=amounts,
        options=options,
    )
)
def test_the_sum_of_a_quote_is_what_its_order_costs_before_tax(service: QuotedService) -> None:
    (pack,) = pricing_with().price({"pack1": service.as_pack("USD")}, SALE)

    assert service.first_charge_cents == pack.first_charge_cents - pack.tax_cents


def test_services_count_with_their_quantity() -> None:
    assert read_contract(a_contract(services=[a_service(quantity=3)], total="1690.00")).total_cents("USD") == 169_000


@pytest.mark.parametrize("place", ["services.0", "total"])
def test_an_amount_that_the_brand_s_currency_has_not_is_refused_where_it_stands(sales: Sales, place: str) -> None:
    wrong = {"total": "730.001"} if place == "total" else {"services": [a_service(price="1.005")]}

    with pytest.raises(ContractMalformedError) as refused:
        sales.process().accept(said(**wrong), "contract:event")

    assert [problem.field for problem in refused.value.problems] == [place]
    assert "must not have more than 2 digits after the point in USD" in refused.value.problems[0].text


def test_a_quote_in_another_currency_than_its_brand_sells_in_now_is_not_signed(sales: Sales) -> None:
    quote = sales.quote()
    sales.quotes.update(quote.quote_id, lambda before: before.model_copy(update={"currency": "JPY"}))

    with pytest.raises(ContractRefusedError, match="is in JPY, and its brand sells in USD now; make a new quote"):
        sales.process().accept(of_quote(quote.quote_id), "contract:event")
