"""The settings and parts of both functions of notices, made once per process."""

import time
from functools import cache

from lambdas.catalog.plan import USUAL_CURRENCY, load_plans
from lambdas.forms.brands.branded import branded
from lambdas.forms.form import load_forms
from lambdas.mail.sender import Sender, SenderSettings
from lambdas.notices.notices import Notices
from lambdas.orders.model.queue import load_queues
from lambdas.orders.store import DynamoOrderStore
from lambdas.rate_limits.form_limits import FormLimits
from lambdas.rate_limits.windows import Windows
from lambdas.records.table import RecordTable


class NoticeSettings(SenderSettings):
    """`public_url`: the address of the pages.

    `languages`: tags, with commas between them, the stage's own first. `currency`: the stage's.
    """

    order_table: str
    record_table: str
    public_url: str
    guard_table: str
    form_limits: str = "{}"
    languages: str = "en"
    currency: str = USUAL_CURRENCY


@cache
def the_notices() -> Notices:
    settings = NoticeSettings.from_environment()
    queues, sender = load_queues(), Sender.of_stage(settings)
    return Notices(
        store=DynamoOrderStore(settings.order_table),
        records=RecordTable(settings.record_table),
        queues=queues,
        forms=branded(load_forms(), queues, sender.brands),
        sender=sender,
        public_url=settings.public_url,
        now=lambda: int(time.time()),
        windows=Windows(settings.guard_table),
        limits=FormLimits.model_validate_json(settings.form_limits),
        plans=load_plans(currency=settings.currency),
        languages=tuple(settings.languages.split(",")),
    )
