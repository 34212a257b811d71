"""One item of the history table: what a revision of an order changed. Pure.

`content` is what the chain is made of: who, when, how, the values that changed, and the hash of the item before. `personal`
holds the values that tell of a person, with a random salt; the content has its digest. So they can be erased later, and what is
left lets nobody find them by trying. They are in one item, because a second one would cost a write unit more.

Longer than 200 lines, because an item is read by the file that writes it.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from lambdas.read_models.history.deeds import Actor, Deed
from lambdas.read_models.history.texts import MISSING, OMITTED, digest, is_same, packed, text_of, tree_of, unpacked
from lambdas.read_models.history.values import Changes, Leaves

VERSION = 1
_SALT_BYTES = 16
CONTENT, PERSONAL, ERASED_AT = "content", "personal", "erased_at"


class UnreadableItemError(ValueError):
    """The item is not as it was written. The message has no value of it."""


@dataclass(frozen=True)
class Link:
    """An item of the chain, by its revision and hash. Revision 0: there is none before."""

    revision: int = 0
    hash: str = ""


@dataclass(frozen=True)
class Part:
    """Changes of one kind of values. `base`: all values before them, where the items before do not tell."""

    changes: Changes = field(default_factory=dict)
    base: Leaves | None = None

    @property
    def is_empty(self) -> bool:
        return not self.changes and not self.base

    @property
    def tells_former(self) -> bool:
        """Whether it has values from before the change."""
        return bool(self.base) or any(old not in (MISSING, OMITTED) for old, _ in self.changes.values())

    def without_former(self) -> "Part":
        return Part({path: (OMITTED, new) for path, (_, new) in self.changes.items()}, self.base)


@dataclass(frozen=True, kw_only=True)
class HistoryItem:
    """`of`: the order's number and fingerprint. `after`: the revision that was changed. `previous`: the item before.

    `is_late`: a later revision was recorded first. `personal` None: there were no personal values, or they were erased.
    `side`: beside the chain (an edit by hand, a removal); the chain's own items have none.
    """

    of: str
    revision: int
    after: int
    previous: Link
    deed: Deed
    plain: Part
    personal: Part | None = None
    personal_digest: str = ""
    side: str = ""
    is_late: bool = False
    erased_at: int | None = None
    hash: str = ""

    @property
    def is_gap(self) -> bool:
        """The revision that it changed was not recorded when this was."""
        return self.plain.base is not None

    @property
    def is_erased(self) -> bool:
        return self.personal is None and bool(self.personal_digest)

    @property
    def sk(self) -> str:
        return sort_key(self.of, self.revision, self.side)

    @property
    def link(self) -> Link:
        return Link(self.revision, self.hash)

    def says_the_same(self, other: "HistoryItem") -> bool:
        """Whether both record one change. They may follow on other items, and one may have lost its personal values."""
        if not is_same(_facts(self), _facts(other)):
            return False
        if self.personal is None or other.personal is None:
            return True
        return is_same(_part_tree(replace(self.personal, base=None)), _part_tree(replace(other.personal, base=None)))

    def record(self) -> dict[str, Any]:
        """The item as the table keeps it."""
        personal = ""
        if self.personal is not None and not self.personal.is_empty:
            personal = text_of({"salt": secrets.token_hex(_SALT_BYTES), **_part_tree(self.personal)})
        content = text_of(self._content(digest(personal) if personal else ""))
        texts = {CONTENT: content, **({PERSONAL: personal} if personal else {})}
        return {"pk": self.of.partition("-")[0], "sk": self.sk, **packed(texts)}

    def without_former(self) -> "HistoryItem":
        """The item without former values, for one that is too large with them."""
        return replace(
            self, plain=self.plain.without_former(), personal=self.personal and self.personal.without_former()
        )

    def _content(self, personal_digest: str) -> dict[str, Any]:
        optional = {
            "by": self.deed.by,
            "action": self.deed.action_id,
            "side": self.side,
            "late": self.is_late,
            "personal": personal_digest,
        }
        return {
            "v": VERSION,
            "of": self.of,
            "revision": self.revision,
            "after": self.after,
            "follows": [self.previous.revision, self.previous.hash],
            "at": self.deed.at,
            "actor": self.deed.actor.value,
            "how": self.deed.how,
            **{name: value for name, value in optional.items() if value},
            **_part_tree(self.plain),
        }

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> Self:
        """The item of a record. Raises UnreadableItemError unless record, content and personal values are of one piece."""
        try:
            text = unpacked(record.get(CONTENT))
            content = tree_of(text)
            deed = Deed(
                Actor(content["actor"]), content.get("by", ""), content["how"], content["at"], content.get("action", 0)
            )
            item = cls(
                of=content["of"],
                revision=content["revision"],
                after=content["after"],
                previous=Link(*content["follows"]),
                deed=deed,
                plain=_part(content),
                personal_digest=content.get("personal", ""),
                side=content.get("side", ""),
                is_late=content.get("late", False),
                erased_at=record.get(ERASED_AT),
                hash=digest(text),
            )
            item = replace(item, personal=_personal(record, item.personal_digest))
            if (item.of.partition("-")[0], item.sk) != (record["pk"], record["sk"]):
                raise UnreadableItemError("it is not in the place that it was written for")
        except UnreadableItemError:
            raise
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise UnreadableItemError("its content cannot be read") from None
        return item


def sort_key(of: str, revision: int, side: str = "") -> str:
    """`<fingerprint>#000000007`; what stands beside the chain comes after its revision."""
    return f"{prefix(of)}{revision:09d}{f'#{side}' if side else ''}"


def prefix(of: str) -> str:
    """How the sort keys of one order begin. A restored table may give its number to another order."""
    return f"{of.partition('-')[2]}#"


def _personal(record: Mapping[str, Any], known: str) -> Part | None:
    if record.get(PERSONAL) is None:
        return None
    text = unpacked(record[PERSONAL])
    if digest(text) != known:
        raise UnreadableItemError("its personal values are not those that were written")
    return _part(tree_of(text))


def _facts(item: HistoryItem) -> dict[str, Any]:
    deed = item.deed
    return {
        "after": item.after,
        "deed": [deed.actor.value, deed.by, deed.how, deed.at, deed.action_id],
        **_part_tree(replace(item.plain, base=None)),
    }


def _part_tree(part: Part) -> dict[str, Any]:
    """Of each change what was and what is. A value that is new has the latter only."""
    said = {path: [new] if old is MISSING else [old, new] for path, (old, new) in part.changes.items()}
    return {"changes": said, **({} if part.base is None else {"base": part.base})}


def _part(tree: Mapping[str, Any]) -> Part:
    made = {
        path: (MISSING, each[0]) if len(each) == 1 else (each[0], each[1]) for path, each in tree["changes"].items()
    }
    base = tree.get("base")
    if base is not None and not isinstance(base, dict):
        raise UnreadableItemError("its content cannot be read")
    return Part(made, base)
