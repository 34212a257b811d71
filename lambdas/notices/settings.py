"""The settings and parts of both functions of notices, made once per process."""

import time
from functools import cache

from lambdas.catalog.plan import USUAL_CURRENCY, load_plans
from lambdas.forms.form import load_forms
from lambdas.mail.link_mail import Sender
from lambdas.notices.notices import Notices
from lambdas.orders.model.queue import load_queues
from lambdas.orders.store import DynamoOrderStore
from lambdas.rate_limits.form_limits import FormLimits
from lambdas.rate_limits.windows import Windows
from lambdas.records.table import RecordTable
from lambdas.runtime.settings import Settings


class NoticeSettings(Settings):
    """`public_url`: the address of the pages. `mail_from`: the stage's sender; `company`: the name beside it.

    `languages`: tags, with commas between them, the stage's own first. `currency`: the stage's.
    """

    order_table: str
    record_table: str
    mail_from: str
    company: str
    public_url: str
    guard_table: str
    form_limits: str = "{}"
    languages: str = "en"
    currency: str = USUAL_CURRENCY


@cache
def the_notices() -> Notices:
    settings = NoticeSettings.from_environment()
    return Notices(
        store=DynamoOrderStore(settings.order_table),
        records=RecordTable(settings.record_table),
        queues=load_queues(),
        forms=load_forms(),
        sender=Sender(mail_from=settings.mail_from, company=settings.company),
        public_url=settings.public_url,
        now=lambda: int(time.time()),
        windows=Windows(settings.guard_table),
        limits=FormLimits.model_validate_json(settings.form_limits),
        plans=load_plans(currency=settings.currency),
        languages=tuple(settings.languages.split(",")),
    )
