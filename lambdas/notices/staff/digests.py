"""Runs every quarter of an hour. It mails each team the digest that is due, and tells again of what is still overdue.

Held notices are removed after every address of the team got the digest. A run that dies leaves them to the next one, and the
guard of the mail (team, time, address) keeps it from being sent twice.
"""

import hashlib
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from lambdas.mail.sending import Mail
from lambdas.notices.staff import texts
from lambdas.notices.staff.channels import NotDeliveredError
from lambdas.notices.staff.held import HeldNotice
from lambdas.notices.staff.settings import the_staff_notices
from lambdas.notices.staff.tell import PUT_TOGETHER_AFTER_SECONDS, StaffNotices
from lambdas.orders.model.teams import Team
from lambdas.records.posts.notification import NotificationRecords
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics

MAX_LINES = 200
FALLBACK_TEAM = "operations"  # gets the digest of a team that is not in the file any more


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    notices = the_staff_notices()
    found = {"reminded": send_reminders(notices), "digests": send_digests(notices)}
    metrics.add_metric("DigestsSent", MetricUnit.Count, found["digests"])
    metrics.add_metric("RemindedOfOverdue", MetricUnit.Count, found["reminded"])
    return found


def send_reminders(notices: StaffNotices) -> int:
    """Tell again of what is overdue, and return of how many. Those that failed come again with the next run."""
    done = 0
    for reminder in notices.held.reminders_until(notices.now()):
        try:
            if not notices.remind(reminder):
                notices.held.forget([reminder])
                done += 1
        except Exception as error:  # noqa: BLE001 - one order must not keep the others from being told of
            log_unexpected("reminder not sent", error, order_id=reminder.order_id)
    return done


def send_digests(notices: StaffNotices) -> int:
    """Mail the digests that are due and return their number."""
    done = 0
    for team_name, held in _by_digest(notices.held.held_until(notices.now() - PUT_TOGETHER_AFTER_SECONDS)):
        team = notices.teams.get(team_name) or notices.teams.get(FALLBACK_TEAM)
        try:
            if team and _send(notices, team, held):
                notices.held.forget(held[::-1])  # the first one last: it is in the guard
                done += 1
        except Exception as error:  # noqa: BLE001 - one team must not keep the others from their digests
            log_unexpected("digest not sent", error, team=team_name)
    return done


def _by_digest(held: list[HeldNotice]) -> Iterator[tuple[str, list[HeldNotice]]]:
    """The notices of each team and time."""
    for (_, team), group in groupby(held, key=lambda notice: (notice.release_at, notice.team)):
        yield team, list(group)


def _send(notices: StaffNotices, team: Team, held: list[HeldNotice]) -> bool:
    """Whether every address of the team got the digest, or cannot get it while others did."""
    channels = notices.channels
    lines = [(notice.at, notice.line, channels.order_url(notice.order_id)) for notice in held[:MAX_LINES]]
    subject, body = texts.digest(team.name, lines, max(len(held) - MAX_LINES, 0), channels.desk_url)
    notifications = NotificationRecords(notices.records, of="team")
    failed = []
    for email in team.emails:
        queue = notices.queues.get(held[0].order_queue_id)
        sender = channels.sender.of(queue) if queue else channels.sender.mail_from
        mail = Mail(kind="digest", sender=sender, to=(email,), subject=subject, body=body)
        try:
            channels.mail_once(notifications, held[0].team, _guard(held, email), mail)
        except NotDeliveredError as error:
            failed.append(error)
            logger.error("digest not delivered", team=team.name, notices=len(held), reason=str(error))
    got_it = len(team.emails) - len(failed)
    return not failed or (got_it > 0 and all(error.refused for error in failed))


def _guard(held: list[HeldNotice], email: str) -> str:
    """A digest is known by its first notice."""
    digest = hashlib.sha256(f"{held[0].sk} {email.casefold()}".encode()).hexdigest()
    return f"digest#{held[0].release_at}#{digest[:16]}"
