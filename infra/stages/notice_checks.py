"""Checks the `[[notify]]` of all queues against a stage: hosts that it allows, names that it knows."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from infra.stages.owned_files import owned_files, shown
from infra.stages.settings import StageSettings
from lambdas.orders.model.notify import NotifyRule


def foreign_hosts(settings: StageSettings, sources: Path) -> Iterator[str]:
    """Webhooks whose host the stage does not allow. A name in braces is an address of the stage's own."""
    allowed = {host.lower() for host in settings.webhook_hosts}
    allowed |= {urlsplit(base).hostname or "" for base in settings.webhook_bases.values()}
    for place, rule in _rules(settings.stage, sources):
        host = urlsplit(rule.webhook).hostname if "://" in rule.webhook else None
        if host and host not in allowed:
            yield f"{place} calls {host}, which may not be called from here: add it to webhook_hosts, or correct the queue"


def missing_topics(settings: StageSettings, sources: Path) -> Iterator[str]:
    for place, rule in _rules(settings.stage, sources):
        if rule.topic and rule.topic not in settings.notice_topics:
            yield f"notice_topics.{rule.topic} is missing: {place} publishes to it; give the ARN of an SNS topic of yours"


def _rules(stage: str, sources: Path) -> Iterator[tuple[str, NotifyRule]]:
    for file in sorted(owned_files(stage, sources).queues.glob("*/queue.toml")):
        rules = tomllib.loads(file.read_text("utf-8")).get("notify", ())
        for number, rule in enumerate(map(NotifyRule.model_validate, rules), start=1):
            yield f"{shown(file, sources)}, [[notify]] number {number},", rule
