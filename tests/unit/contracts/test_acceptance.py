"""A signed contract becomes one submitted order: whatever dies, however often it is told, and at the prices signed."""

from dataclasses import replace
from itertools import count
from typing import Any, NoReturn

import pytest

from lambdas.catalog.plan import load_plans
from lambdas.contracts.acceptance import ContractIntake
from lambdas.contracts.contract import ContractSigned
from lambdas.contracts.parse import read_contract
from lambdas.orders.errors import InvalidOrderError, OrderError
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.payment_ports import NoScreen, PaymentForReview
from lambdas.payments.gateway import TransactionState
from lambdas.records.posts.post import PostKind
from lambdas.records.quotes.contract import ContractDiffersError, ContractSignedBeforeError, Outcome
from lambdas.records.quotes.errors import QuoteNotOpenError, QuoteSignedError
from lambdas.records.quotes.quote import QuoteStatus
from tests.support.build import NOW, hold_key
from tests.support.contracts import SHA256, SIGNED_AT, a_contract, a_service, by_card
from tests.unit.contracts.conftest import HOSTING, DyingClient, ProcessDied, Sales


def said(**changes: Any) -> ContractSigned:
    return read_contract(a_contract(**changes))


def of_quote(quote_id: str, signature_id: str = "sig-1", **changes: Any) -> ContractSigned:
    signer = {"name": "Ada Lovelace"}
    return read_contract(
        {"quote_id": quote_id, "signature_id": signature_id, "signed_at": SIGNED_AT, "signer": signer, **changes}
    )


def the_order(sales: Sales) -> Order:
    (order,) = sales.orders()
    return order


def test_what_was_signed_lands_on_the_order_which_is_submitted(sales: Sales) -> None:
    accepted = sales.process().accept(said(), "contract:event")

    order = the_order(sales)
    assert (accepted.order.order_id, accepted.repeated, accepted.refusal) == (order.order_id, False, None)
    assert order.step.name == "Contract"
    assert (order.owner, order.opportunity_id, order.signature) == ("grace", 77, "Ada Lovelace")
    assert (order.changed_by, order.info["email"], order.info["ip_address"]) == (
        "contract:event",
        "ada@example.com",
        "192.0.2.7",
    )
    assert order.info["contract"] == {
        "contract_id": "C-2027-17",
        "signature_id": "sig-1",
        "signed_at": SIGNED_AT,
        "signer_email": "ada@example.com",
        "document_sha256": SHA256,
        "document_reference": "archive:17",
        "term_months": 24,
        "persistent": "0",
    }
    assert (order.total_cents, order.submitted_at) == (73_000, NOW)


def test_prices_are_those_signed_and_not_the_catalogue_s(sales: Sales) -> None:
    options = {"31": {"option_id": "101", "price": "12.50", "discount": "2.50"}}
    service = a_service(plan_id="2", price="100.00", setup="40.00", discount="10.00", quantity=3, options=options)

    sales.process().accept(said(services=[service]), "contract:event")

    (pack,) = the_order(sales).priced
    assert (pack.title, pack.price_cents, pack.unit_setup_cents) == ("Dedicated Server E-2288G", 9_000, 4_000)
    assert (pack.recurring_cents, pack.setup_cents) == (3 * (9_000 + 1_000), 4_000)
    assert pack.options == {"31": "101"}


@pytest.mark.parametrize("times", [3])
def test_told_three_times_it_is_one_order_and_one_hold(sales: Sales, times: int) -> None:
    contract = said(order_queue_id=HOSTING, payment=by_card("tok_approve"))

    told = [sales.process().accept(contract, "contract:event") for _ in range(times)]

    order = the_order(sales)
    assert {one.order.order_id for one in told} == {order.order_id}
    assert [one.repeated for one in told] == [False, True, True]
    assert order.hold is not None
    assert order.hold.amount_cents == 73_000
    assert sales.gateway().find(hold_key(order, 2)) is None


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("by_quote", [False, True])
def test_dying_at_any_write_leaves_one_order_with_one_hold(sales: Sales, done: bool, by_quote: bool) -> None:
    for at in count(1):
        before = {order.order_id for order in sales.orders()}
        if by_quote:
            contract = of_quote(sales.quote().quote_id, payment=by_card("tok_approve"))
        else:
            contract = said(contract_id=f"C-{at}", order_queue_id=HOSTING, payment=by_card("tok_approve"))
        try:
            sales.process(DyingClient(sales.dynamodb, at=at, done=done)).accept(contract, "contract:event")
            survived = True
        except ProcessDied:
            survived = False
        sales.clock.time += 60  # the claim of a submit that died lapses before the queue hands the message out again

        sales.process().accept(contract, "contract:event")

        (order,) = (order for order in sales.orders() if order.order_id not in before)
        assert order.step_status is StepStatus.ORDINARY, at
        assert order.hold is not None
        transaction = sales.gateway().find(order.hold.key)
        assert transaction is not None
        assert (transaction.state, order.hold.key) == (TransactionState.HELD, hold_key(order))
        kept = sales.contracts.of_order(order.order_id)
        assert kept is not None
        assert kept.outcome is Outcome.SUBMITTED
        if by_quote:
            quote = sales.quotes.get(contract.quote_id or "")
            assert (quote.status, quote.order_id) == (QuoteStatus.SIGNED, order.order_id)
        if survived:
            break
    assert at > 6, "the writes of a contract were not all died at"


def test_the_key_outlasts_every_replay(sales: Sales) -> None:
    first = sales.process().accept(said(), "contract:event")
    sales.clock.time += 5 * 365 * 86_400

    assert sales.process().accept(said(), "contract:docusign").order.order_id == first.order.order_id
    assert len(sales.orders()) == 1


def test_a_signature_that_comes_with_other_content_is_refused_and_names_its_order(sales: Sales) -> None:
    first = sales.process().accept(said(), "contract:event")

    with pytest.raises(ContractDiffersError) as refused:
        sales.process().accept(said(services=[a_service(price="1.00")]), "contract:event")

    assert refused.value.facts == {"order_id": first.order.order_id}
    assert len(sales.orders()) == 1


def test_the_same_signature_told_with_another_moment_is_the_same(sales: Sales) -> None:
    sales.process().accept(said(), "contract:event")

    assert sales.process().accept(said(signed_at="2027-01-15T08:00:01+00:00"), "contract:event").repeated


def test_a_second_signature_needs_a_persistent_contract(sales: Sales) -> None:
    sales.process().accept(said(), "contract:event")

    with pytest.raises(ContractSignedBeforeError):
        sales.process().accept(said(signature_id="sig-2"), "contract:event")
    assert len(sales.orders()) == 1

    for signature in ("sig-1", "sig-2", "sig-1"):
        sales.process().accept(said(contract_id="again", signature_id=signature, persistent=True), "contract:event")
    assert len(sales.orders()) == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"order_queue_id": 404}, "order_queue_id"),
        ({"order_queue_id": 1}, "order_queue_id"),
        ({"brand_id": 7}, "brand_id"),
        ({"services": [a_service(plan_id="77")]}, "services.0.plan_id"),
        (
            {"services": [a_service(plan_id="2", options={"31": {"option_id": "9", "price": "1"}})]},
            "services.0.options.31",
        ),
        ({"services": [a_service(discount="481")]}, "services.0"),
    ],
)
def test_what_cannot_become_an_order_makes_nothing(sales: Sales, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(OrderError) as refused:
        sales.process().accept(said(**changes), "contract:event")

    assert [problem.field for problem in refused.value.problems] == [field]
    assert sales.orders() == []
    assert sales.dynamodb.scan(TableName="records", Select="COUNT")["Count"] == 0


def test_what_a_submit_would_refuse_makes_nothing_either(sales: Sales) -> None:
    nobody = said(contact=None, client_id="999")
    with pytest.raises(InvalidOrderError, match="no such client"):
        sales.process().accept(nobody, "contract:event")
    with pytest.raises(InvalidOrderError, match="e-mail"):
        sales.process().accept(said(contact={"first": "Ada"}), "contract:event")

    assert sales.orders() == []


@pytest.mark.parametrize(
    ("token", "kind", "said_why"),
    [
        ("tok_decline", "payment_refused", "declined"),
        ("tok_sca", "payment_refused", "confirm the payment"),
    ],
)
def test_a_refused_payment_leaves_a_lead_that_says_why_to_its_owner(
    sales: Sales, token: str, kind: str, said_why: str
) -> None:
    contract = said(order_queue_id=HOSTING, payment=by_card(token))

    accepted = sales.process().accept(contract, "contract:event")
    sales.process().accept(contract, "contract:event")

    order = the_order(sales)
    assert order.is_lead
    assert accepted.refusal is not None
    assert accepted.refusal.kind == kind
    assert order.owner == "grace"
    (note,) = sales.posts(order.order_id)
    assert note.kind is PostKind.COMMENT
    assert said_why in note.body
    assert order.declines == (1 if kind == "payment_refused" else 0)


def test_one_contract_left_as_a_lead_does_not_keep_the_next_from_being_taken_in(sales: Sales) -> None:
    for each in ("first", "second"):
        contract = said(order_queue_id=HOSTING, payment=by_card("tok_decline"), contract_id=each)
        sales.process().accept(contract, "contract:event")

    assert [len(sales.posts(order.order_id)) for order in sales.orders()] == [1, 1]


def test_a_queue_under_review_leaves_a_lead_for_a_person_and_asks_no_gateway(sales: Sales) -> None:
    class UnderReview(NoScreen):
        def check(self, order: Order) -> NoReturn:
            raise PaymentForReview("many payments of this queue were declined; submit it with reviewed=1 or cancel it")

    service = replace(sales.service(), screen=UnderReview())
    process = ContractIntake(service, sales.records, load_plans(), preauthorize=True)
    accepted = process.accept(said(order_queue_id=HOSTING, payment=by_card("tok_approve")), "contract:event")

    order = the_order(sales)
    assert accepted.refusal is not None
    assert (accepted.refusal.kind, order.is_lead, order.hold) == ("review_needed", True, None)
    assert order.review_at is not None
    (note,) = sales.posts(order.order_id)
    assert "review" in note.body


def test_the_person_it_waits_for_can_submit_it(sales: Sales) -> None:
    sales.process().accept(said(order_queue_id=HOSTING, payment=by_card("tok_decline")), "contract:event")
    service = sales.service()
    order = service.update(the_order(sales), {"info": {"cc_token": "tok_approve"}}, by="grace")

    assert service.submit(order, by="grace").step_status is StepStatus.ORDINARY


def test_an_outcome_that_is_not_known_yet_is_tried_again(sales: Sales) -> None:
    contract = said(order_queue_id=HOSTING, payment=by_card("tok_times_out"))

    sales.process().accept(contract, "contract:event")

    assert the_order(sales).hold is not None  # looked up under its own key


def test_without_pre_authorisation_nothing_is_held_and_the_order_goes_on(sales: Sales) -> None:
    contract = said(order_queue_id=HOSTING, payment=by_card("tok_decline"))

    sales.process(preauthorize=False).accept(contract, "contract:event")

    order = the_order(sales)
    assert (order.hold, order.step_status) == (None, StepStatus.ORDINARY)
    assert order.info["cc_token"] == "tok_decline"


def test_a_quote_says_what_was_signed_and_is_signed_once(sales: Sales) -> None:
    quote = sales.quote(opportunity_id=5)

    accepted = sales.process().accept(of_quote(quote.quote_id), "contract:docusign")

    signed = sales.quotes.get(quote.quote_id)
    assert (signed.status, signed.order_id) == (QuoteStatus.SIGNED, accepted.order.order_id)
    assert signed.signature is not None
    assert signed.signature.signer == "Ada Lovelace"
    order = the_order(sales)
    assert (order.client_id, order.owner, order.opportunity_id) == (quote.client_id, "grace", 5)
    assert (order.total_cents, order.info["contract"]["contract_id"]) == (73_000, f"quote-{quote.quote_id}")
    with pytest.raises(QuoteSignedError, match=f"order {order.order_id}"):
        sales.process().accept(of_quote(quote.quote_id, "sig-2"), "contract:docusign")
    assert len(sales.orders()) == 1


def test_a_persistent_quote_signed_again_makes_a_new_order_and_a_duplicate_of_it(sales: Sales) -> None:
    quote = sales.quote(status=QuoteStatus.PERSISTENT)

    orders = {
        signature: sales.process().accept(of_quote(quote.quote_id, signature), "contract:docusign").order.order_id
        for signature in ("a", "b", "a", "c", "b")
    }

    assert len(set(orders.values())) == len(sales.orders()) == 3
    template = sales.quotes.get(quote.quote_id)
    assert (template.status, template.order_id) == (QuoteStatus.PERSISTENT, orders["a"])
    duplicates = [one for one in sales.quotes.of_client(quote.client_id) if one.duplicate_of == quote.quote_id]
    assert [(one.status, one.order_id) for one in duplicates] == [
        (QuoteStatus.SIGNED, orders["b"]),
        (QuoteStatus.SIGNED, orders["c"]),
    ]
    assert [one.services for one in duplicates] == [quote.services, quote.services]


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"status": QuoteStatus.DRAFT}, "draft"),
        ({"status": QuoteStatus.WAITING_APPROVAL}, "waiting approval"),
        ({"status": QuoteStatus.CANCELLED}, "cancelled"),
        ({"expires": 1_700_000_000}, "expired"),
    ],
)
def test_a_quote_that_is_not_open_is_not_signed(sales: Sales, changes: dict[str, Any], state: str) -> None:
    quote = sales.quote(**changes)

    with pytest.raises(QuoteNotOpenError, match=state):
        sales.process().accept(of_quote(quote.quote_id), "contract:docusign")

    assert sales.orders() == []
    assert sales.quotes.get(quote.quote_id) == quote


def test_a_canceled_order_is_not_made_again(sales: Sales) -> None:
    sales.process().accept(said(), "contract:event")
    sales.service().cancel(the_order(sales), by="grace")

    again = sales.process().accept(said(), "contract:event")

    assert again.order.step_status is StepStatus.CANCELED
    assert len(sales.orders()) == 1
