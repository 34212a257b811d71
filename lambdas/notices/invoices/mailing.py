"""Mails each invoice and credit note once, in the order of their numbers, as their series tell of them.

A document that cannot be mailed now stops no other: the next run tries it again, for three days.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lambdas.documents.language import language_of_document
from lambdas.languages.language import speaking
from lambdas.mail.sender import Sender
from lambdas.mail.sending import MailInDoubtError, MailRefusedError, send_once
from lambdas.notices.invoices.document_mail import document_mail
from lambdas.orders.contact.email import mailed_to
from lambdas.orders.ports import OrderStore
from lambdas.records.clients.client import ClientRecords
from lambdas.records.invoices.invoice import InvoiceKind, InvoiceStatus, invoice_id_of
from lambdas.records.invoices.mailed import MailedDocuments
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.invoices.series import number_sk, series_pk
from lambdas.records.posts.notification import NotificationRecords
from lambdas.records.table import RecordTable
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics

MOST_AT_ONCE = 200  # documents of a series and run; the next run continues
TRIED_FOR_SECONDS = 3 * 86_400
_SETTLING_SECONDS = 120  # an invoice is issued before its money is captured; its mail says whether it is paid
_DEAD_SECONDS = 900  # no run lives as long
_BEFORE_SECONDS = 3_600  # documents of the last hour before the first run were issued after mails were wanted
_HIGHEST = 10**10 - 1
_GUARD = "mail"

Outcome = Literal["sent", "left", "later"]
"""`left`: it is not to be mailed. `later`: the next run looks again."""


class ThrottledError(Exception):
    """SES takes no more mails now."""


@dataclass(frozen=True)
class Mailing:
    """`brands`: the ids of all brands. `now`: gives Unix seconds. `languages`: those offered, the stage's own first.

    `electronic`: the PDF holds the document as data as well.
    """

    orders: OrderStore
    records: RecordTable
    sender: Sender
    brands: Collection[int]
    now: Callable[[], int]
    languages: tuple[str, ...] = ("en",)
    electronic: bool = False

    def run(self, has_time: Callable[[], bool] = lambda: True) -> int:
        """Mail what was issued since the last run, and return how many were sent. `has_time`: whether to begin another one."""
        mailed, sent = MailedDocuments(self.records), 0
        since = mailed.began_at(self.now()) - _BEFORE_SECONDS
        for brand_id in sorted(self.brands):
            for kind in InvoiceKind:
                progress = mailed.progress(brand_id, kind)
                settled = dict[int, Outcome]()
                try:
                    for row in self._rows(brand_id, kind, progress.done, progress.above):
                        if not has_time():
                            break
                        settled[int(row["number"])] = self._outcome(row, kind, brand_id, since)
                except ThrottledError:
                    logger.warning("SES takes no more mails now; the next run continues")
                    return sent + self._keep(mailed, brand_id, kind, settled)
                sent += self._keep(mailed, brand_id, kind, settled)
        return sent

    def _keep(self, mailed: MailedDocuments, brand_id: int, kind: InvoiceKind, settled: Mapping[int, Outcome]) -> int:
        done = frozenset(number for number, outcome in settled.items() if outcome != "later")
        if done:
            mailed.keep(brand_id, kind, mailed.progress(brand_id, kind).with_settled(done))
        return sum(outcome == "sent" for outcome in settled.values())

    def _rows(self, brand_id: int, kind: InvoiceKind, done: int, above: frozenset[int]) -> Iterator[Mapping[str, Any]]:
        found = self.records.query_between(series_pk(brand_id, kind), number_sk(done + 1), number_sk(_HIGHEST))
        yield from [row for row in found if int(row["number"]) not in above][:MOST_AT_ONCE]

    def _outcome(self, row: Mapping[str, Any], kind: InvoiceKind, brand_id: int, since: int) -> Outcome:
        """Raises ThrottledError."""
        issued_at = int(row["issued_at"])
        if issued_at < since:
            return "left"
        named: Any = {"brand_id": brand_id, "kind": kind.value, "number": int(row["number"])}
        try:
            return self._mailed(row, kind, brand_id)
        except MailRefusedError as refused:
            if refused.throttled:
                raise ThrottledError from None
            logger.error("SES refused a document's mail", code=refused.code, **named)
        except MailInDoubtError:
            logger.error("whether a document's mail went out is not known", **named)
        except Exception as error:  # noqa: BLE001 - one document must not keep the others from being mailed
            log_unexpected("document not mailed", error, **named)
        if self.now() - issued_at < TRIED_FOR_SECONDS:
            return "later"
        logger.error("a document was not mailed in three days, and is given up", **named)
        metrics.add_metric("DocumentsNotMailed", MetricUnit.Count, 1)
        return "left"

    def _mailed(self, row: Mapping[str, Any], kind: InvoiceKind, brand_id: int) -> Outcome:
        """Raises MailRefusedError, MailInDoubtError."""
        number, client_id = int(row["number"]), str(row["client_id"])
        invoices = InvoiceRecords(self.records)
        is_note = kind is InvoiceKind.CREDIT_NOTE
        invoice = invoices.note(client_id, number) if is_note else invoices.get(invoice_id_of(brand_id, number))
        client = ClientRecords(self.records).get(client_id)
        to = mailed_to(client.email) if client else ""
        if invoice is None or client is None or not to:
            logger.warning("a document has nobody to mail it to", brand_id=brand_id, kind=kind.value, number=number)
            return "left"
        if invoice.status is InvoiceStatus.OPEN and self.now() - invoice.issued_at < _SETTLING_SECONDS:
            return "later"
        with speaking(language_of_document(invoice, self.orders.get, self.languages)):
            mail = document_mail(invoice, client, self.sender, to=to, electronic=self.electronic)
        guards, of = NotificationRecords(self.records, of="document"), f"{brand_id}#{kind.value}#{number}"
        send_once(guards, of, _GUARD, mail, self.now(), on_doubt="send", dead_after_seconds=_DEAD_SECONDS)
        return "sent"
