"""Finds samples: hosts that are reserved for examples, in settings, queues, forms and teams; plans and taxes marked so."""

import ipaddress
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from infra.stages.owned_files import OwnedFiles, shown

# https://www.rfc-editor.org/rfc/rfc2606 and https://www.rfc-editor.org/rfc/rfc6761: names that belong to nobody.
_NOBODY_S = re.compile(r"(.+\.)?(example(\.(com|net|org))?|test|invalid|localhost|localdomain|local)")
EXAMPLE = re.compile(r"\bexample\b", re.IGNORECASE)  # the sample company
_WHOLE_ADDRESS = re.compile(r"(https?://\S+|[^\s@]+@[^\s@]+)", re.IGNORECASE)


def is_nobody_s(host: str) -> bool:
    """Whether a host is reserved for examples, or is this machine."""
    name = host.strip("[]").rstrip(".").lower()
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return _NOBODY_S.fullmatch(name) is not None
    return address.is_loopback or address.is_unspecified


def sample_catalog(files: OwnedFiles, sources: Path) -> Iterator[str]:
    for file in (files.plans, files.taxes, files.sellers, files.brands):
        if tomllib.loads(file.read_text("utf-8")).get("sample", False):
            yield f"{shown(file, sources)} is a sample: put yours there, and take its line `sample = true` away"


def sample_sellers(files: OwnedFiles, sources: Path) -> Iterator[str]:
    """Sellers that are still the sample's, or have an address of nobody's, though the file is no sample any more."""
    stated = tomllib.loads(files.sellers.read_text("utf-8"))
    if stated.get("sample", False):
        return
    for place, value in texts_in(stated):
        if place.endswith(".name") and EXAMPLE.search(value):
            yield f"{shown(files.sellers, sources)} names {value} ({place}): say who sells, as invoices must name it"
        elif place.endswith(".email") and is_nobody_s(host_of(value)):
            yield f"{shown(files.sellers, sources)} names {value} ({place}), which is nobody's: put yours there"


def sample_brands(files: OwnedFiles, sources: Path) -> Iterator[str]:
    """Brands that are still the sample's, or have terms at an address of nobody's, though the file is no sample any more."""
    stated = tomllib.loads(files.brands.read_text("utf-8"))
    if stated.get("sample", False):
        return
    for place, value in texts_in(stated):
        if place.endswith(".name") and EXAMPLE.search(value):
            yield f"{shown(files.brands, sources)} names {value} ({place}): say how buyers know you"
        elif place.endswith(".terms") and is_nobody_s(host_of(value)):
            yield f"{shown(files.brands, sources)} names {value} ({place}), which is nobody's: put yours there"


def sample_queues(files: OwnedFiles, sources: Path) -> Iterator[str]:
    """Addresses of nobody's in queues and forms: what clients agree to, who is mailed."""
    for file in sorted(files.queues.glob("*/*.toml")):
        for place, value in _nobody_s(file):
            yield f"{shown(file, sources)} names {value} ({place}), which is nobody's: put yours there"


def sample_teams(files: OwnedFiles, sources: Path) -> Iterator[str]:
    """One line, because each team has addresses."""
    if found := list(_nobody_s(files.teams)):
        place, value = found[0]
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        yield f"{shown(files.teams, sources)} names {value} ({place}){more}, which is nobody's: put yours there"


def _nobody_s(file: Path) -> Iterator[tuple[str, str]]:
    for place, value in texts_in(tomllib.loads(file.read_text("utf-8"))):
        if _WHOLE_ADDRESS.fullmatch(value) and is_nobody_s(host_of(value)):
            yield place, value


def host_of(address: str) -> str:
    """Of a web or mail address."""
    return (urlsplit(address).hostname or "") if "://" in address else address.rpartition("@")[2]


def texts_in(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text with the keys that lead to it."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts_in(inner, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            yield from texts_in(inner, f"{place}[{number}]")
