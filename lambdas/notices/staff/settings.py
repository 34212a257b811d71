"""The settings and parts of both functions that tell staff, made once per process."""

import time
from functools import cache

from lambdas.mail.link_mail import Sender
from lambdas.notices.staff.channels import Channels, topics_in
from lambdas.notices.staff.tell import StaffNotices
from lambdas.orders.model.queue import load_queues
from lambdas.orders.model.teams import load_teams
from lambdas.orders.store import DynamoOrderStore
from lambdas.records.posts.notification import NotificationRecords
from lambdas.records.table import RecordTable
from lambdas.runtime.settings import Settings


class StaffNoticeSettings(Settings):
    """`desk_url`: the address of the desk. `notice_topics`: JSON map of a name to the ARN of an SNS topic."""

    order_table: str
    record_table: str
    mail_from: str
    company: str
    desk_url: str
    notice_topics: str = "{}"


@cache
def the_staff_notices() -> StaffNotices:
    settings = StaffNoticeSettings.from_environment()
    records = RecordTable(settings.record_table)
    channels = Channels(
        notifications=NotificationRecords(records),
        sender=Sender(mail_from=settings.mail_from, company=settings.company),
        topics=topics_in(settings.notice_topics),
        desk_url=settings.desk_url.rstrip("/"),
        now=lambda: int(time.time()),
    )
    return StaffNotices(
        store=DynamoOrderStore(settings.order_table),
        records=records,
        queues=load_queues(),
        teams=load_teams(),
        channels=channels,
        now=channels.now,
    )
