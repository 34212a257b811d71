"""Checks the `[[notify]]` rules of a queue. Hosts and topics are the stage's, so they are checked with it
(infra/stages/notice_checks.py)."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from urllib.parse import urlsplit

from lambdas.actions._frame.webhook import NAMED_BASE
from lambdas.orders.contact.email import is_email
from lambdas.orders.model.notify import OWNER, NotifyRule
from lambdas.orders.model.queue import Queue
from lambdas.orders.model.teams import Team

_TEAMS = "statemachines/teams.toml"


def notify_problems(queue: Queue, teams: Mapping[str, Team]) -> Iterator[str]:
    """The problems that keep the queue from being deployed."""
    if queue.owner not in teams:
        yield f"owner: {_no_team(queue.owner, teams)}"
    if OWNER in teams:
        yield f"a team cannot be called {OWNER}, because [[notify]] means the team of what waits by it; rename it in {_TEAMS}"
    for number, rule in enumerate(queue.notify, start=1):
        for problem in _rule(rule, queue, teams):
            yield f"[[notify]] number {number}, {rule.event}: {problem}"


def _rule(rule: NotifyRule, queue: Queue, teams: Mapping[str, Team]) -> Iterator[str]:
    if rule.off and rule.tells_somebody:
        yield "off turns the default notice off and cannot name recipients; write two rules"
    if not rule.off and not rule.tells_somebody:
        yield f'name somebody: team = "{OWNER}" or a team, emails, webhook or topic; or write off = true'
    if rule.team and rule.team != OWNER and rule.team not in teams:
        yield f"team: {_no_team(rule.team, teams)}"
    for email in rule.emails:
        if not is_email(email):
            yield f"emails: {email} is no e-mail address; write one such as night-watch@example.com"
    if rule.webhook and (problem := _webhook(rule.webhook)):
        yield f"webhook: {problem}"
    yield from _condition(rule, queue, teams)


def _condition(rule: NotifyRule, queue: Queue, teams: Mapping[str, Team]) -> Iterator[str]:
    """A condition that nothing can meet tells nobody, and nobody notices."""
    steps, modules = [step.name for step in queue.steps], sorted({action.module for action in queue.actions})
    for name, value, known in (
        ("step", rule.when.step, steps),
        ("module", rule.when.module, modules),
        ("owner", rule.when.owner, sorted(teams)),
    ):
        if value and value not in known:
            yield f"when.{name}: {value} is no {name} of this queue; write one of {', '.join(known)}"


def _webhook(url: str) -> str:
    parts = urlsplit(NAMED_BASE.sub("https://named", url, count=1))
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc or parts.fragment:
        return "must be an address such as {chat}/orders or https://chat.example.com/orders, without a user in it"
    if parts.hostname == "hooks.slack.com":
        return "anyone who knows this address can write to the channel; name it in the stage's webhook_bases and write {name}"
    return ""


def _no_team(name: str, teams: Mapping[str, Team]) -> str:
    near = get_close_matches(name, teams, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    return f"{name} is no team: {meant}name one of {_TEAMS} ({', '.join(sorted(teams))}), or add it there"
