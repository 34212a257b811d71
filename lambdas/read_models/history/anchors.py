"""Anchors of history: what its chains were on a day, put where nobody can change it. Pure.

An anchor names the chains that were written to on its day, each by its last item. That one follows by hashes on all before it.
Items beside the chain, and those that came late, nothing follows on, so they are named too. An anchor has the hash of the one
before, so none can be left out.
"""

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lambdas.read_models.history.chain import Checked, Finding
from lambdas.read_models.history.item import CONTENT, prefix
from lambdas.read_models.history.texts import digest, tree_of, unpacked

VERSION = 1
FOLDER = "anchors/"


class UnreadableAnchorError(ValueError):
    """The object is no anchor, or was cut off."""


@dataclass(frozen=True)
class AnchoredChain:
    """`of`: the order's number and fingerprint. `beside`: hashes of items that no later one follows on, by what their sort keys
    have behind the order's prefix."""

    of: str
    revision: int
    hash: str
    beside: Mapping[str, str] = field(default_factory=dict)

    def problems(self, found: Checked, day: str) -> Iterator[Finding]:
        """How the chain differs from what it was on that day."""
        hashes = {item.sk: item.hash for item in found.items}
        start, order_id = prefix(self.of), self.of.partition("-")[0]
        named = {**({f"{self.revision:09d}": self.hash} if self.revision else {}), **self.beside}
        for name, known in named.items():
            sk = f"{start}{name}"
            if sk not in hashes:
                yield Finding(order_id, sk, f"is missing: the anchor of {day} has it")
            elif hashes[sk] != known:
                yield Finding(order_id, sk, f"was rewritten: the anchor of {day} has another hash")


@dataclass(frozen=True)
class Anchor:
    """`day`: in UTC, as YYYY-MM-DD. `previous`: SHA-256 of the anchor before, as its object was; empty for the first one.
    `begun_at`: when history was begun for orders from before (Unix seconds); 0: it was not."""

    day: str
    previous: str
    chains: tuple[AnchoredChain, ...]
    begun_at: int = 0

    def packed(self) -> bytes:
        """The object: compressed lines of JSON, the same bytes for the same anchor."""
        head = {"version": VERSION, "day": self.day, "previous": self.previous, "chains": len(self.chains)}
        head["begun_at"] = self.begun_at
        lines = [head, *([chain.of, chain.revision, chain.hash, dict(chain.beside)] for chain in self.chains)]
        text = "\n".join(json.dumps(line, separators=(",", ":")) for line in lines)
        return gzip.compress(text.encode(), mtime=0)

    @classmethod
    def read(cls, content: bytes) -> "Anchor":
        """The anchor of an object. Raises UnreadableAnchorError."""
        try:
            first, *rest = gzip.decompress(content).decode().split("\n")
            head = json.loads(first)
            chains = tuple(AnchoredChain(*json.loads(line)) for line in rest)
            found = cls(str(head["day"]), str(head["previous"]), chains, int(head["begun_at"]))
            if (head["version"], head["chains"]) != (VERSION, len(chains)):
                raise UnreadableAnchorError("it has another version, or not all of its chains")
        except UnreadableAnchorError:
            raise
        except (OSError, EOFError, ValueError, KeyError, TypeError):
            raise UnreadableAnchorError("it cannot be read") from None
        return found


def name_of_object(day: str) -> str:
    return f"{FOLDER}{day}.jsonl.gz"


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def anchored(of: str, records: Iterable[Mapping[str, Any]]) -> AnchoredChain:
    """Return what an anchor says of a chain. `records`: all of it, sorted; of each, sort key and content are looked at.

    An item that cannot be read is anchored by what it holds all the same: an anchor judges nothing.
    """
    last, last_hash, beside, followed = 0, "", dict[str, str](), set[str]()
    for record in records:
        name = str(record["sk"]).removeprefix(prefix(of))
        try:
            text = unpacked(record.get(CONTENT))
            content = tree_of(text)
            followed.add(str(content["follows"][1]))
        except (ValueError, KeyError, TypeError, IndexError):
            text = repr(record.get(CONTENT))
        if name.isdecimal():
            last, last_hash = int(name), digest(text)
        beside[name] = digest(text)
    left = {name: known for name, known in beside.items() if known not in followed and name != f"{last:09d}"}
    return AnchoredChain(of, last, last_hash, left)
