"""Finds the recipients of a notice from the deployed queue's rules, the default ones, and the teams' addresses. Pure."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from lambdas.notices.staff.happened import Happened
from lambdas.orders.model.notify import OWNER, NotifyRule, rules_of
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.teams import Team

URGENT_PRIORITY = 3
TOLD_TO_SUPERVISOR = 2  # the reminder of something overdue that goes to the team's supervisor
Channel = Literal["mail", "webhook", "topic"]


class Recipient(NamedTuple):
    """`to`: an e-mail address, a webhook's address as in the queue, or a topic's name. `team`: whose quiet hours hold."""

    channel: Channel
    to: str
    team: str = ""
    urgent: bool = False


def recipients_of(happened: Happened, queue: Queue, teams: Mapping[str, Team]) -> tuple[Recipient, ...]:
    """The recipients, each once. Urgent if any rule or the order is."""
    found: dict[tuple[Channel, str], Recipient] = {}
    for rule in rules_of(queue.notify):
        if rule.event == happened.event and is_met(rule, happened):
            for one in _of_rule(rule, happened, teams):
                before = found.get((one.channel, one.to))
                urgent = one.urgent or (before is not None and before.urgent)
                found[one.channel, one.to] = (before or one)._replace(urgent=urgent)
    return tuple(found.values())


def is_met(rule: NotifyRule, happened: Happened) -> bool:
    when = rule.when
    return (
        when.step in ("", happened.step)
        and when.module in ("", happened.module)
        and when.owner in ("", happened.team)
        and happened.total_cents >= when.total_cents_from
        and happened.priority >= when.priority_from
    )


def _of_rule(rule: NotifyRule, happened: Happened, teams: Mapping[str, Team]) -> Iterator[Recipient]:
    urgent = rule.urgent or happened.priority >= URGENT_PRIORITY
    name = happened.team if rule.team == OWNER else rule.team
    if team := teams.get(name):
        if happened.reminder >= TOLD_TO_SUPERVISOR and team.supervisor:
            yield Recipient("mail", team.supervisor, urgent=urgent)
        else:
            yield from (Recipient("mail", email, name, urgent) for email in team.emails)
    yield from (Recipient("mail", email, urgent=urgent) for email in rule.emails)
    if rule.webhook:
        yield Recipient("webhook", rule.webhook, urgent=urgent)
    if rule.topic:
        yield Recipient("topic", rule.topic, urgent=urgent)
