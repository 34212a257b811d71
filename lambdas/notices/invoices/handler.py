"""Mails invoices and credit notes. It exists only on stages that want it (`mail_documents`), and runs every few minutes."""

import time
from functools import cache
from typing import Any

from lambdas.mail.sender import Sender, SenderSettings
from lambdas.notices.invoices.mailing import Mailing
from lambdas.orders.model.queue import load_queues
from lambdas.orders.store import DynamoOrderStore
from lambdas.records.table import RecordTable
from lambdas.runtime.telemetry import MetricUnit, metrics

_LAST_SECONDS = 20  # of a run, in which no further mail is begun


class DocumentMailSettings(SenderSettings):
    """`languages`: tags, with commas between them, the stage's own first."""

    order_table: str
    record_table: str
    languages: str = "en"
    electronic_invoices: str = ""


@cache
def _mailing() -> Mailing:
    settings = DocumentMailSettings.from_environment()
    return Mailing(
        orders=DynamoOrderStore(settings.order_table),
        records=RecordTable(settings.record_table),
        sender=Sender.of_stage(settings),
        brands=frozenset(queue.brand_id for queue in load_queues().values()),
        now=lambda: int(time.time()),
        languages=tuple(settings.languages.split(",")),
        electronic=bool(settings.electronic_invoices),
    )


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    sent = _mailing().run(lambda: context.get_remaining_time_in_millis() > _LAST_SECONDS * 1_000)
    metrics.add_metric("DocumentsMailed", MetricUnit.Count, sent)
    return {"sent": sent}
