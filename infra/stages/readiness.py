"""Whether a stage may be deployed: nothing in it may stand for nobody, and play money is only where it is meant.

Samples are good for trying out. Where data is kept, orders are real: each sample that is left is refused by its name.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from infra.stages.currency import mispriced
from infra.stages.errors import StageError
from infra.stages.notice_checks import foreign_hosts, missing_topics
from infra.stages.own_queues import stale_machines, unreadable
from infra.stages.owned_files import OwnedFiles, owned_files, shown
from infra.stages.payments.electronic_invoices import unstatable
from infra.stages.payments.gateways import unready_gateways
from infra.stages.payments.played_answers import played_answers
from infra.stages.samples import (
    EXAMPLE,
    host_of,
    is_nobody_s,
    sample_brands,
    sample_catalog,
    sample_queues,
    sample_sellers,
    sample_teams,
    texts_in,
)
from infra.stages.settings import StageSettings, shown_file
from infra.stages.this_machine import OWN_ADDRESS
from lambdas.catalog.brands.brand import load_brands

_WHO = {
    "company": "who you are, as clients know you",
    "mail_from": "whom mails come from, an address in a domain that is yours",
}
# A stage that keeps data has no defaults for what only its owner can know, and says what keeps its data and its limits.
_SAID = {
    "public_url": 'where clients find the pages, as https://..., or "api" for the API\'s own address',
    "currency": "what you charge in, as ISO 4217 names it",
    "alarm_topic": "where alarms ring, as the ARN of an SNS topic of yours, or say alarm_mails, whom they are mailed to",
    "contract_providers": "whose webhooks of signed contracts are listened to; [] for nobody",
    "preauthorize_contracts": "whether a card's money is held when a contract is signed",
    "point_in_time_recovery": "whether tables can be put back to an earlier moment",
    "log_days": "for how many days logs are kept",
    "log_level": "from which level on is logged; INFO as a rule",
    "throttle_rate": "how many requests a second are taken, over all callers",
    "throttle_burst": "how many requests are taken at once",
    "calls_per_minute": "how many calls a minute one user may make",
}
_BY_BRAND = ("brand_mail_from", "brand_currencies", "brand_gateways", "billing_days")
_NAMED_BASE = re.compile(r"\{([a-z][a-z0-9_]*)\}(/|\Z)")


class StageNotReadyError(StageError):
    """The stage must not be deployed as it is; the message lists all that is missing."""


def refuse_unready(settings: StageSettings, sources: Path) -> None:
    """Raise StageNotReadyError unless the stage may be deployed. `sources`: the repository, whose samples it would take along."""
    files = owned_files(settings.stage, sources)
    _refuse(settings.stage, [*unreadable(files)] or [*stale_machines(files)])  # all other rules read these files
    found = [*_wrong(settings, files, sources), *(_gaps(settings, files, sources) if settings.keep_data else ())]
    _refuse(settings.stage, found)


def _wrong(settings: StageSettings, files: OwnedFiles, sources: Path) -> Iterator[str]:
    """On every stage."""
    yield from (
        *unready_gateways(settings, files, sources),
        *played_answers(settings),
        *_half_set(settings),
        *_unsaid(settings),
        *_webhooks(settings),
        *mispriced(files.plans, shown(files.plans, sources), settings.currency),
        *foreign_hosts(settings, sources),
        *_of_unknown_brands(settings, files, sources),
        *unstatable(settings, files, sources),
    )


def _gaps(settings: StageSettings, files: OwnedFiles, sources: Path) -> Iterator[str]:
    """All that only the owner can say, where orders are real."""
    yield from (
        *_not_there(files),
        *_of_nobody(settings),
        *_careless(settings),
        *_uncalled(settings, files.queues),
        *missing_topics(settings, sources),
    )
    if not settings.allow_sandbox:
        yield from (
            *sample_catalog(files, sources),
            *sample_sellers(files, sources),
            *sample_brands(files, sources),
            *sample_queues(files, sources),
            *sample_teams(files, sources),
        )


def _refuse(stage: str, found: Sequence[str]) -> None:
    if found:
        problems = "".join(f"\n  - {problem}" for problem in found)
        raise StageNotReadyError(
            f"stage {stage} is not ready to be deployed; {shown_file(stage)} has its settings:{problems}"
        )


def _half_set(settings: StageSettings) -> Iterator[str]:
    if settings.budget_dollars and not settings.alarm_mails:
        yield "alarm_mails is missing: budget_dollars needs somebody to mail to; say who, or set no budget"
    if settings.domain and not settings.certificate:
        yield "certificate is missing: domain needs one in the stage's region; say its ARN"
    for name in ("certificate", "hosted_zone", "front"):
        if getattr(settings, name) and not settings.domain:
            yield f"domain is missing: {name} is for one; say which"


def _webhooks(settings: StageSettings) -> Iterator[str]:
    for name, base in settings.webhook_bases.items():
        if settings.stage != "local" and urlsplit(base).scheme != "https":
            yield f"webhook_bases.{name} must begin with https://"


def _unsaid(settings: StageSettings) -> Iterator[str]:
    for name, meaning in {**_WHO, **(_SAID if settings.keep_data else {})}.items():
        told = name in settings.model_fields_set and getattr(settings, name) != ""
        if not told and not (name == "alarm_topic" and settings.alarm_mails):
            yield f"{name} is missing: say {meaning}"


def _of_nobody(settings: StageSettings) -> Iterator[str]:
    """Settings that name a host of nobody's, and the sample company."""
    if EXAMPLE.search(settings.company):
        yield f"company is {settings.company!r}: say {_WHO['company']}"
    hosts = {
        "mail_from": settings.mail_domain,
        **{f"brand_mail_from.{brand}": host_of(mail) for brand, mail in settings.brand_mail_from.items()},
        **{f"alarm_mails.{number}": host_of(mail) for number, mail in enumerate(settings.alarm_mails)},
        "domain": settings.domain,
        "public_url": "" if settings.public_url == OWN_ADDRESS else host_of(settings.public_url),
        **{f"webhook_bases.{name}": host_of(base) for name, base in settings.webhook_bases.items()},
        **{f"webhook_hosts.{number}": host for number, host in enumerate(settings.webhook_hosts)},
    }
    for name, host in hosts.items():
        if host and is_nobody_s(host):
            yield f"{name} is at {host}, which is nobody's: say {(_WHO | _SAID).get(name, 'where it is at yours')}"


def _of_unknown_brands(settings: StageSettings, files: OwnedFiles, sources: Path) -> Iterator[str]:
    """Settings of brands that nobody sells under, and languages of brands that the stage does not offer."""
    file = shown(files.brands, sources)
    try:
        brands = load_brands(files.brands)
    except ValueError as refused:
        yield f"{file}: {refused}"
        return
    known = [brand.brand_id for brand in brands.brands]
    for name in _BY_BRAND:
        for brand_id in getattr(settings, name):
            if brand_id not in known:
                among = ", ".join(map(str, known)) or "none"
                yield f"{name}.{brand_id} is of no brand: {file} has {among}; add the brand there, or take the setting away"
    for brand in brands.brands:
        if brand.language and brand.language not in settings.languages:
            offered = ", ".join(settings.languages)
            yield f"{file}: language of brand {brand.brand_id} is {brand.language}, and languages offers {offered}: add it there"


def _careless(settings: StageSettings) -> Iterator[str]:
    if settings.log_level in ("TRACE", "DEBUG"):
        yield f"log_level is {settings.log_level}, which writes down more than may be kept: say INFO"
    if settings.public_url != OWN_ADDRESS and urlsplit(settings.public_url).scheme != "https":
        yield "public_url must begin with https://: people enter who they are there"


def _uncalled(settings: StageSettings, queues: Path) -> Iterator[str]:
    """Whom queues call by a name that the stage has no address for."""
    callers = callers_by_name(queues)
    for name in sorted(callers.keys() - settings.webhook_bases.keys()):
        who = " and ".join(callers[name])
        yield f"webhook_bases.{name} is missing: it is called by {who}; say where it is, or do without the queue"


def callers_by_name(queues: Path) -> dict[str, list[str]]:
    """The queues that call somebody by a name such as `{panel}`, by that name."""
    callers = defaultdict[str, list[str]](list)
    for file in sorted(queues.glob("*/queue.toml")):
        values = (value for _, value in texts_in(tomllib.loads(file.read_text("utf-8"))))
        for name in sorted({found[1] for value in values if (found := _NAMED_BASE.match(value))}):
            callers[name].append(file.parent.name)
    return callers


def _not_there(files: OwnedFiles) -> Iterator[str]:
    for name in files.missing:
        yield f"{files.folder}/{name} is missing: put yours there, because a sample of ours would stand in for it"
