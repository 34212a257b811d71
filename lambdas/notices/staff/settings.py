"""The settings and parts of both functions that tell staff, made once per process."""

import time
from functools import cache

from lambdas.mail.sender import Sender, SenderSettings
from lambdas.notices.staff.channels import Channels, topics_in
from lambdas.notices.staff.tell import StaffNotices
from lambdas.orders.model.queue import load_queues
from lambdas.orders.model.teams import load_teams
from lambdas.orders.store import DynamoOrderStore
from lambdas.records.posts.notification import NotificationRecords
from lambdas.records.table import RecordTable


class StaffNoticeSettings(SenderSettings):
    """`desk_url`: the address of the desk. `notice_topics`: JSON map of a name to the ARN of an SNS topic."""

    order_table: str
    record_table: str
    desk_url: str
    notice_topics: str = "{}"


@cache
def the_staff_notices() -> StaffNotices:
    settings = StaffNoticeSettings.from_environment()
    records = RecordTable(settings.record_table)
    channels = Channels(
        notifications=NotificationRecords(records),
        sender=Sender.of_stage(settings),
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
