"""A person is erased everywhere but where the law keeps them. Money and the chain stay whole, and nobody else is touched."""

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from infra.operate.person.erase import Erasure
from infra.operate.person.erased import erased_client, erased_order
from infra.operate.person.erasing import Erasing
from infra.operate.person.kept import Retention
from infra.operate.verify_history import Verification
from lambdas.orders.dispute import Dispute, DisputeState
from lambdas.orders.model.order import PaymentAttempt
from lambdas.orders.model.steps import StepStatus
from lambdas.payments.sandbox import SandboxGateway
from lambdas.payments.several.choice import SINGLE
from lambdas.payments.stored_methods.removing import MethodRemoval
from lambdas.records.clients.client import ClientRecords
from lambdas.records.invoices.invoice import Invoice
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.quotes.contract import ContractRecords, KeptContract, Outcome, SignedContract
from lambdas.records.table import RecordTable
from tests.support.build import NOW
from tests.unit.person.conftest import EMAIL, MARK, World, said_by
from tests.unit.records.builders import an_invoice

YEARS = 10


def erasure(world: World, **parts: Any) -> Erasure:
    gateway = SandboxGateway("records", world.dynamodb, lambda: float(NOW))
    erasing = Erasing(
        store=world.store,
        records=world.records,
        orders="orders",
        history=world.history,
        history_table=world.stage.history,
        s3=world.stage.s3,
        files="files",
        removal=MethodRemoval(world.store, world.records, gateway, SINGLE, lambda: NOW),
        retention=Retention(world.records, YEARS, NOW),
        by="arn:aws:iam::111122223333:user/ada",
        pause=lambda seconds: None,
    )
    return Erasure(world.stage, replace(erasing, **parts))


def erase(world: World, *, execute: bool = True, **whose: str) -> tuple[int, str]:
    asked = {"client_id": "", "email": "", **(whose or {"email": EMAIL})}
    return said_by(lambda console: erasure(world).run(console, **asked, execute=execute))


def everything(world: World) -> list[Any]:
    return [
        item
        for table in ("orders", "records", "history")
        for page in world.dynamodb.get_paginator("scan").paginate(TableName=table)
        for item in page["Items"]
    ]


def verified(world: World) -> tuple[int, str]:
    said = io.StringIO()
    command = Verification(world.dynamodb, "orders", "history", pause=lambda seconds: None)
    return command.run(Console(file=said, width=220), ()), said.getvalue()


def a_signed_contract(world: World, order_id: str) -> str:
    content = SignedContract.model_validate(
        {
            "contract_id": "C-1", "signature_id": "s-1", "signed_at": NOW, "signer": {"name": MARK, "email": EMAIL},
            "order_queue_id": 1, "brand_id": 1, "contact": {"first": MARK},
            "services": ({"description": MARK, "period": 1, "price_cents": 5},),
        }
    )  # fmt: skip
    contracts = ContractRecords(world.records)
    kept = contracts.keep(KeptContract(content=content, content_hash="h", received_at=NOW, received_by="generic"))
    contracts.record_outcome(kept, order_id, Outcome.SUBMITTED, "")
    return content.digest


def test_the_plan_writes_nothing(person: World, paid: Invoice) -> None:
    before = everything(person)
    code, said = erase(person, execute=False)

    assert (code, everything(person)) == (0, before)
    assert "client 101: would be erased" in said
    assert "order 1002 (Leads): would be erased" in said
    assert f"stays: invoice {paid.shown_number} stays until the end of" in said
    assert "nothing was written; EXECUTE=1 erases" in said


def test_the_person_is_found_nowhere_but_on_their_invoice(person: World, paid: Invoice) -> None:
    a_signed_contract(person, "1002")
    assert len(person.places_of(MARK)) > 6
    code, said = erase(person)

    assert code == 0, said
    assert person.places_of(MARK) == {"records invoices invoice"}
    assert person.places_of("tok_approve") == set()
    assert ClientRecords(person.records).by_email(EMAIL) == ()


def test_money_and_the_invoice_are_unchanged_and_history_is_proved(person: World, paid: Invoice) -> None:
    before = person.store.get("1001")
    erase(person)
    after, invoices = person.store.get("1001"), InvoiceRecords(person.records)

    assert invoices.get(paid.invoice_id) == paid
    assert (after.total_cents, after.hold, after.hash, after.step_status) == (
        before.total_cents, before.hold, before.hash, before.step_status,
    )  # fmt: skip
    code, told = verified(person)
    assert (code, "0 wrong" in told) == (0, True), told
    sides = [
        item["sk"]["S"] for item in everything(person) if item["pk"]["S"] == "1001" and "#erase" in item["sk"]["S"]
    ]
    assert [side.rpartition("#")[2] for side in sides] == [
        "erase001",
        "erase001",
    ]  # before, and of the erasing change itself


def test_nobody_else_is_touched(person: World, paid: Invoice) -> None:
    def of_others() -> list[Any]:
        return [item for item in everything(person) if {"1003", "client#102"} & {item["pk"]["S"], item["sk"]["S"]}]

    before = of_others()
    erase(person)
    assert (of_others(), len(before)) == (before, 4)


def test_a_second_run_changes_nothing(person: World, paid: Invoice) -> None:
    erase(person, client_id="101", email=EMAIL)
    before = everything(person)
    code, said = erase(person, client_id="101")

    assert code == 0, said
    assert everything(person) == before


@pytest.mark.parametrize("at", range(1, 12))
def test_a_run_that_died_anywhere_is_finished_by_the_same_command(person: World, paid: Invoice, at: int) -> None:
    calls = 0

    def dies(**_: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == at:
            raise KeyboardInterrupt

    events = person.dynamodb.meta.events
    names = [f"before-call.dynamodb.{verb}" for verb in ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")]
    for name in names:
        events.register(name, dies, unique_id=f"dies-{name}")
    try:
        with pytest.raises(KeyboardInterrupt):
            erase(person)
    finally:
        for name in names:
            events.unregister(name, unique_id=f"dies-{name}")
    person.store.tell()
    code, said = erase(person)

    assert code == 0, said
    assert person.places_of(MARK) == {"records invoices invoice"}
    assert verified(person)[0] == 0


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"step_status": StepStatus.ORDINARY, "step_id": 12}, "order 1001 (Processing) is in progress: finish it"),
        ({"dispute": Dispute(state=DisputeState.OPEN, amount_cents=1, currency="USD", opened_at=NOW)}, "is disputed"),
        ({"step_status": StepStatus.CANCELED, "step_id": 14, "submitted_at": NOW}, "is being undone"),
        (
            {
                "step_status": StepStatus.LEADS,
                "step_id": 11,
                "attempt": PaymentAttempt(
                    key="k", amount_cents=1, currency="USD", method="card:x", claim="c", claim_ends_at=0
                ),
            },
            "its payment was begun",
        ),
    ],
)
def test_an_order_that_is_not_through_objects(person: World, changes: dict[str, Any], why: str) -> None:
    person.store.save(person.store.get("1001").changed(**changes))
    before = everything(person)
    code, said = erase(person)

    assert (code, why in said, everything(person)) == (1, True, before)


def test_money_that_is_owed_objects(person: World) -> None:
    invoice = InvoiceRecords(person.records, lambda: NOW).issue(an_invoice())
    code, said = erase(person)

    assert code == 1
    assert f"invoice {invoice.shown_number} is not paid: have it paid" in said


def test_money_that_another_client_owes_for_an_order_of_the_address_objects(person: World) -> None:
    InvoiceRecords(person.records, lambda: NOW).issue(an_invoice(order_id="1002", client_id="102"))

    assert "is not paid" in erase(person)[1]


def test_an_order_that_cannot_be_read_objects_and_nobody_is_nobody(person: World) -> None:
    assert erase(person, client_id="7")[0] == 1
    person.dynamodb.put_item(TableName="orders", Item={"pk": {"S": "1009"}, "sk": {"S": "order"}})

    assert "order 1009 cannot be read" in erase(person)[1]


def test_a_contract_is_kept_as_long_as_its_invoice(person: World, paid: Invoice, records: RecordTable) -> None:
    digest = a_signed_contract(person, "1001")
    said = erase(person)[1]
    kept = ContractRecords(records).get(digest)

    assert "stays: the contract of order 1001 stays until the end of" in said
    assert kept is not None
    assert kept.content.signer.name == MARK


def test_a_later_change_brings_nothing_back(person: World, paid: Invoice) -> None:
    erase(person)
    for company in ("Erased", "Of Nobody"):
        order = person.store.get("1001")
        person.store.save(order.changed(info={**order.info, "company": company}))

    assert person.places_of(MARK) == {"records invoices invoice"}


def test_history_that_is_behind_is_said(person: World) -> None:
    deaf = replace(erasure(person).erasing, store=type(person.store).__mro__[1]("orders", person.dynamodb))
    command = Erasure(person.stage, deaf)
    code, said = said_by(lambda console: command.run(console, client_id="101", email="", execute=True))

    assert (code, "history has not caught up with order 1001" in said) == (1, True)


def test_what_is_left_is_left_as_it_is(person: World) -> None:
    order = erased_order(person.store.get("1001"), "ada")
    assert erased_order(order, "ada") is order
    client = ClientRecords(person.records).get("101")
    assert client is not None
    assert erased_client(erased_client(client)) == erased_client(client)
