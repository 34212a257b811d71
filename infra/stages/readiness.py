"""Whether a stage may be deployed: nothing in it may stand for nobody, and play money is only where it is meant.

Samples are good for trying out. Where data is kept, orders are real: each sample that is left is refused by its name.
"""

import ipaddress
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from infra.stages.errors import StageError
from infra.stages.notice_checks import foreign_hosts, missing_topics
from infra.stages.settings import StageSettings, shown_file
from infra.stages.this_machine import OWN_ADDRESS
from lambdas.payments.gateways import GATEWAYS, SANDBOX

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
# https://www.rfc-editor.org/rfc/rfc2606 and https://www.rfc-editor.org/rfc/rfc6761: names that belong to nobody.
_NOBODY_S = re.compile(r"(.+\.)?(example(\.(com|net|org))?|test|invalid|localhost|localdomain|local)")
_WHOLE_ADDRESS = re.compile(r"(https?://\S+|[^\s@]+@[^\s@]+)", re.IGNORECASE)
_NAMED_BASE = re.compile(r"\{([a-z][a-z0-9_]*)\}(/|\Z)")
_CATALOG = ("lambdas/catalog/plans.toml", "lambdas/catalog/taxes.toml")


class StageNotReadyError(StageError):
    """The stage must not be deployed as it is; the message lists all that is missing."""


def refuse_unready(settings: StageSettings, sources: Path) -> None:
    """Raise StageNotReadyError unless the stage may be deployed. `sources`: the repository, whose samples it would take along."""
    found = [*_gateway(settings), *_unsaid(settings), *_webhooks(settings), *foreign_hosts(settings, sources)]
    if settings.keep_data:
        found += [
            *_of_nobody(settings),
            *_careless(settings),
            *_uncalled(settings, sources),
            *missing_topics(settings, sources),
        ]
        if not settings.allow_sandbox:
            found += [*_sample_catalog(sources), *_sample_queues(sources), *_sample_teams(sources)]
    if found:
        problems = "".join(f"\n  - {problem}" for problem in found)
        raise StageNotReadyError(
            f"stage {settings.stage} is not ready to be deployed; {shown_file(settings.stage)} has its settings:{problems}"
        )


def is_nobody_s(host: str) -> bool:
    """Whether a host is reserved for examples, or is this machine."""
    name = host.strip("[]").rstrip(".").lower()
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return _NOBODY_S.fullmatch(name) is not None
    return address.is_loopback or address.is_unspecified


def _gateway(settings: StageSettings) -> Iterator[str]:
    known = ", ".join(GATEWAYS)
    if settings.gateway not in GATEWAYS:
        stated = f"is {settings.gateway!r}, which" if settings.gateway else "is missing:"
        yield f"gateway {stated} must be an adapter that lambdas/payments/gateways.py knows ({known})"
    elif settings.gateway == SANDBOX and not settings.allow_sandbox:
        yield (
            "gateway is the sandbox, which takes no real money: name your payment provider's, "
            "or say allow_sandbox = true if play money is meant"
        )


def _webhooks(settings: StageSettings) -> Iterator[str]:
    for name, base in settings.webhook_bases.items():
        if settings.stage != "local" and urlsplit(base).scheme != "https":
            yield f"webhook_bases.{name} must begin with https://"


def _unsaid(settings: StageSettings) -> Iterator[str]:
    for name, meaning in {**_WHO, **(_SAID if settings.keep_data else {})}.items():
        if name == "alarm_topic" and settings.alarm_mails:
            continue
        if name not in settings.model_fields_set or getattr(settings, name) == "":
            yield f"{name} is missing: say {meaning}"


def _of_nobody(settings: StageSettings) -> Iterator[str]:
    """Settings that name a host of nobody's, and the sample company."""
    if re.search(r"\bexample\b", settings.company, re.IGNORECASE):
        yield f"company is {settings.company!r}: say {_WHO['company']}"
    hosts = {
        "mail_from": settings.mail_domain,
        **{f"alarm_mails.{number}": _host(mail) for number, mail in enumerate(settings.alarm_mails)},
        "public_url": "" if settings.public_url == OWN_ADDRESS else _host(settings.public_url),
        **{f"webhook_bases.{name}": _host(base) for name, base in settings.webhook_bases.items()},
        **{f"webhook_hosts.{number}": host for number, host in enumerate(settings.webhook_hosts)},
    }
    for name, host in hosts.items():
        if host and is_nobody_s(host):
            yield f"{name} is at {host}, which is nobody's: say {(_WHO | _SAID).get(name, 'where it is at yours')}"


def _careless(settings: StageSettings) -> Iterator[str]:
    if settings.log_level in ("TRACE", "DEBUG"):
        yield f"log_level is {settings.log_level}, which writes down more than may be kept: say INFO"
    if settings.public_url != OWN_ADDRESS and urlsplit(settings.public_url).scheme != "https":
        yield "public_url must begin with https://: people enter who they are there"


def _uncalled(settings: StageSettings, sources: Path) -> Iterator[str]:
    """Whom queues call by a name that the stage has no address for."""
    callers = callers_by_name(sources)
    for name in sorted(callers.keys() - settings.webhook_bases.keys()):
        who = " and ".join(callers[name])
        yield f"webhook_bases.{name} is missing: it is called by {who}; say where it is, or do without the queue"


def callers_by_name(sources: Path) -> dict[str, list[str]]:
    """The queues that call somebody by a name such as `{panel}`, by that name."""
    callers = defaultdict[str, list[str]](list)
    for file in sorted(sources.glob("statemachines/*/queue.toml")):
        values = (value for _, value in _texts(tomllib.loads(file.read_text("utf-8"))))
        for name in sorted({found[1] for value in values if (found := _NAMED_BASE.match(value))}):
            callers[name].append(file.parent.name)
    return callers


def _sample_catalog(sources: Path) -> Iterator[str]:
    for name in _CATALOG:
        if tomllib.loads((sources / name).read_text("utf-8")).get("sample", False):
            yield f"{name} is a sample: put yours there, and take its line `sample = true` away"


def _sample_queues(sources: Path) -> Iterator[str]:
    """Addresses of nobody's in queues and forms: what clients agree to, who is mailed."""
    for file in sorted(sources.glob("statemachines/*/*.toml")):
        for place, value in _nobody_s(file):
            yield f"{file.relative_to(sources)} names {value} ({place}), which is nobody's: put yours there"


def _sample_teams(sources: Path) -> Iterator[str]:
    """One line, because each team has addresses."""
    for file in sorted(sources.glob("statemachines/*.toml")):
        if found := list(_nobody_s(file)):
            place, value = found[0]
            more = f" and {len(found) - 1} more" if len(found) > 1 else ""
            yield f"{file.relative_to(sources)} names {value} ({place}){more}, which is nobody's: put yours there"


def _nobody_s(file: Path) -> Iterator[tuple[str, str]]:
    for place, value in _texts(tomllib.loads(file.read_text("utf-8"))):
        if _WHOLE_ADDRESS.fullmatch(value) and is_nobody_s(_host(value)):
            yield place, value


def _host(address: str) -> str:
    """Of a web or mail address."""
    return (urlsplit(address).hostname or "") if "://" in address else address.rpartition("@")[2]


def _texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text with the keys that lead to it."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            yield from _texts(inner, f"{place}[{number}]")
