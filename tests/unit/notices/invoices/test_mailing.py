"""Invoices and credit notes by mail: each once, in the client's language, and one that cannot be mailed stops no other."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.mail import sending
from lambdas.mail.sender import Sender
from lambdas.notices.invoices.mailing import TRIED_FOR_SECONDS, Mailing
from lambdas.orders.store import DynamoOrderStore
from lambdas.records.clients.client import ClientRecords
from lambdas.records.invoices.credit_notes import CreditNotes
from lambdas.records.invoices.invoice import Invoice, InvoiceStatus
from lambdas.records.invoices.mailed import Progress
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from tests.support.build import CONTACT, NOW, Clock, an_order
from tests.support.tables import make_order_table
from tests.unit.api.posts.conftest import Ses
from tests.unit.documents.pdf_text import text_of
from tests.unit.records.builders import a_client, an_invoice

DAY = 86_400


@dataclass
class Office:
    """`mailing` of a stage on which mails of documents are wanted, and what SES got."""

    mailing: Mailing
    ses: Ses
    clock: Clock

    def issued(self, order_id: str = "1001", *, paid: bool = True, **changes: Any) -> Invoice:
        invoices = InvoiceRecords(self.mailing.records, self.clock)
        issued = invoices.issue(
            an_invoice(order_id=order_id, order_reference="K7M-XQ4-TPF", issued_at=self.clock(), **changes)
        )
        return invoices.mark(issued, InvoiceStatus.PAID, "sb_1", at=self.clock()) if paid else issued

    def mails(self) -> list[tuple[str, str]]:
        """Of a run: subject and text of each."""
        before = len(self.ses.sent)
        self.mailing.run()
        contents = [mail["Content"]["Simple"] for mail in self.ses.sent[before:]]
        return [(each["Subject"]["Data"], each["Body"]["Text"]["Data"]) for each in contents]

    def subjects(self) -> list[str]:
        return [subject for subject, _text in self.mails()]


@pytest.fixture
def office(dynamodb: DynamoDBClient, records: RecordTable, monkeypatch: pytest.MonkeyPatch) -> Office:
    ses, clock = Ses(), Clock()
    monkeypatch.setattr(sending, "ses", lambda: ses)
    orders = DynamoOrderStore(make_order_table(dynamodb, "orders"), dynamodb)
    for number, lang in (("1001", ""), ("1002", "de")):
        content = {**CONTACT, **({"lang": lang} if lang else {})}
        orders.create(an_order(order_id=number, hash=f"0a1b2-c3d4e-{number}", info=content), (), NOW)
    ClientRecords(records).make(a_client(), None)
    sender = Sender(mail_from="orders@shop.test", company="Shop")
    return Office(Mailing(orders, records, sender, (1,), clock, ("en", "de")), ses, clock)


def refused(code: str) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return ClientError(answer, "SendEmail")


def test_each_document_is_mailed_once_with_its_pdf(office: Office) -> None:
    first, second = office.issued(), office.issued("1002")

    subjects = office.subjects()

    assert len(subjects) == 2
    assert first.shown_number in subjects[0]
    assert second.shown_number in subjects[1]
    (attached,) = office.ses.sent[0]["Content"]["Simple"]["Attachments"]
    assert attached["FileName"] == f"{first.shown_number}.pdf"
    assert first.shown_number in text_of(attached["RawContent"])
    assert office.ses.sent[0]["Destination"]["ToAddresses"] == ["ada@example.com"]
    assert office.subjects() == []


def test_it_says_what_is_left_to_do_in_the_language_of_the_order(office: Office) -> None:
    office.issued()
    office.issued("1002", paid=False, due_at=NOW + 14 * DAY)
    office.clock.time += 300

    (_, paid), (subject, unpaid) = office.mails()

    assert "It is paid. You need to do nothing." in paid
    assert "K7M-XQ4-TPF" in paid
    assert subject.startswith("Rechnung ")
    assert "Bitte bezahlen Sie sie bis" in unpaid


def test_a_credit_note_names_what_it_credits(office: Office) -> None:
    invoice = office.issued()
    office.subjects()
    CreditNotes(office.mailing.records).credit(invoice, "1001", office.clock())

    ((subject, text),) = office.mails()

    assert subject.startswith("Credit note ")
    assert f"It credits invoice {invoice.shown_number}." in text


def test_an_invoice_waits_until_its_money_had_time_to_come(office: Office) -> None:
    issued = office.issued(paid=False)
    assert office.subjects() == []
    InvoiceRecords(office.mailing.records).mark(issued, InvoiceStatus.PAID, "sb_1", at=NOW)

    ((_, text),) = office.mails()
    assert "It is paid." in text


def test_what_was_issued_before_mails_were_wanted_is_not_mailed(office: Office) -> None:
    office.issued()
    office.clock.time += 2 * 3_600
    assert office.subjects() == []
    wanted = office.issued("1002")

    assert [wanted.shown_number in subject for subject in office.subjects()] == [True]


def test_a_document_that_ses_refuses_stops_no_other_and_is_tried_for_three_days(office: Office) -> None:
    first, second = office.issued(), office.issued("1002")
    office.ses.fails.append(refused("MessageRejected"))
    assert [second.shown_number in subject for subject in office.subjects()] == [True]
    assert [first.shown_number in subject for subject in office.subjects()] == [True]

    third = office.issued("1003")
    for _ in range(2):
        office.ses.fails.append(refused("MessageRejected"))
        assert office.subjects() == []
        office.clock.time += TRIED_FOR_SECONDS
    assert office.subjects() == [], third.shown_number


def test_a_run_ends_when_ses_takes_no_more_and_the_next_one_goes_on(office: Office) -> None:
    first, second = office.issued(), office.issued("1002")
    office.ses.fails.append(refused("TooManyRequestsException"))

    assert office.subjects() == []
    assert [number in subject for number, subject in zip(
        (first.shown_number, second.shown_number), office.subjects(), strict=True
    )] == [True, True]  # fmt: skip


@pytest.mark.parametrize("client", [{"email": ""}, {"email": "a@example.com, b@example.com"}])
def test_a_client_with_no_single_address_gets_nothing_and_the_others_do(office: Office, client: dict[str, Any]) -> None:
    ClientRecords(office.mailing.records).make(
        a_client(client_id="103", order_id="1003", uber_login="", **client), None
    )
    office.issued("1003", client_id="103")
    wanted = office.issued("1002")

    assert [wanted.shown_number in subject for subject in office.subjects()] == [True]
    assert office.subjects() == []


def test_two_runs_at_once_send_each_document_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.issued()
    really: Callable[..., None] = office.ses.send_email
    inner = list[str]()

    def send_email(**mail: Any) -> None:
        monkeypatch.setattr(office.ses, "send_email", really)
        inner.extend(office.subjects())
        really(**mail)

    monkeypatch.setattr(office.ses, "send_email", send_email)
    office.mailing.run()

    assert len(office.ses.sent) == 1 + len(inner)
    assert office.subjects() == []


@given(st.permutations(range(1, 9)), st.randoms(use_true_random=False))
def test_progress_knows_every_settled_number_and_no_other(numbers: list[int], chance: random.Random) -> None:
    settled, progress = set[int](), Progress(0)
    while numbers:
        some = frozenset(numbers.pop() for _ in range(min(len(numbers), chance.randint(1, 3))))
        settled |= some
        progress = progress.with_settled(some)
        assert set(range(1, progress.done + 1)) | progress.above == settled
    assert progress == Progress(8)
