"""Whoever may write the history table can make a chain that proves itself; the anchors of a day tell it from the true one."""

import io
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from rich.console import Console

from infra.operate.begin_history import Begin
from infra.operate.verify_history import Verification
from lambdas.orders.store import order_item
from lambdas.read_models.history.anchored_days import anchors_of
from lambdas.read_models.history.anchors import Anchor, AnchoredChain, UnreadableAnchorError, name_of_object
from lambdas.read_models.history.history import History, name_of
from lambdas.read_models.history.item import HistoryItem, Link
from lambdas.read_models.history.table import HistoryTable
from lambdas.records.history_anchor import LastAnchor, days_not_anchored
from lambdas.records.table import RecordTable
from lambdas.runtime.items import to_item
from lambdas.watch.anchor import Anchoring
from tests.support.build import NOW
from tests.support.tables import make_order_table, make_table
from tests.support.walks import Walk, a_long_walk
from tests.unit.read_models.history.conftest import Kept

DAY = 86_400


@dataclass
class Vault:
    """A walk whose history is anchored, and the bucket: keys with contents, one for each version."""

    kept: Kept
    walk: Walk
    objects: list[tuple[str, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        client = self.kept.client
        self.last = LastAnchor(RecordTable(make_table(client, "records"), client))
        make_order_table(client, "orders")
        self.anchoring = Anchoring(self.kept.table, self.last, self.put, self.kept.clock)
        self.history = History(self.kept.table, self.kept.clock, is_anchored=True)

    def put(self, key: str, content: bytes) -> None:
        self.objects.append((key, content))

    def hear(self, count: int) -> None:
        """The next changes of the walk."""
        heard = len(list(self.records()))
        for change in self.walk.store.changes[heard : heard + count]:
            self.kept.clock.time = max(self.kept.clock.time, change.at)
            self.history.follow(change.old, change.new)
        order = self.walk.store.changes[min(heard + count, len(self.walk.store.changes)) - 1].new
        self.kept.client.put_item(TableName="orders", Item=order_item(order))

    def hear_all(self) -> None:
        self.hear(len(self.walk.store.changes))

    def next_night(self) -> list[str]:
        self.kept.clock.time = (self.kept.clock.time // DAY + 1) * DAY + 1_800
        return self.anchoring.run()

    def records(self) -> list[dict[str, Any]]:
        return list(self.kept.table.of_order(name_of(self.walk.order)))

    def verify(self, *, anchored: bool = True) -> tuple[int, str]:
        said = io.StringIO()
        anchors = anchors_of(self.objects) if anchored else None
        command = Verification(
            self.kept.client, "orders", "history", pause=lambda seconds: None, anchors=anchors, now=self.kept.clock
        )
        return command.run(Console(file=said, width=200)), said.getvalue()

    def rewrite(self, records: list[dict[str, Any]]) -> None:
        for record in self.records():
            self.delete(record)
        for record in records:
            self.kept.client.put_item(TableName="history", Item=to_item(record))

    def delete(self, record: dict[str, Any]) -> None:
        key = to_item({"pk": record["pk"], "sk": record["sk"]})
        self.kept.client.delete_item(TableName="history", Key=key)


@pytest.fixture
def vault(kept: Kept) -> Vault:
    return Vault(kept, a_long_walk(16, 11))


def relinked(records: list[dict[str, Any]], place: int, by: str) -> list[dict[str, Any]]:
    """The chain with another author in one item, and all hashes behind it calculated again."""
    made, previous = list[dict[str, Any]](), Link()
    for number, record in enumerate(records):
        item = HistoryItem.read(record)
        deed = replace(item.deed, by=by) if number == place else item.deed
        made.append(replace(item, deed=deed, previous=previous).record())
        previous = HistoryItem.read(made[-1]).link
    return made


def test_a_chain_that_was_rewritten_as_a_whole_is_found_by_the_anchor_alone(vault: Vault) -> None:
    vault.hear_all()
    vault.next_night()
    assert vault.verify()[0] == 0
    vault.rewrite(relinked(vault.records(), 3, "eve"))

    assert vault.verify(anchored=False)[0] == 0
    code, said = vault.verify()
    assert (code, "was rewritten: the anchor of 20" in said) == (1, True)


def test_a_chain_goes_on_after_its_anchor_and_each_day_holds(vault: Vault) -> None:
    vault.hear(6)
    first = vault.next_night()
    vault.hear_all()
    second = vault.next_night()

    assert (len(vault.objects), vault.verify()[0]) == (len({*first, *second}), 0)
    true = vault.records()
    vault.rewrite(relinked(true, 2, "eve"))
    code, said = vault.verify()
    assert (code, f"anchor of {first[-1]}" in said) == (1, True)


def test_the_author_in_the_last_item_and_an_item_that_came_late_are_held_too(vault: Vault) -> None:
    changes = vault.walk.store.changes
    for change in (*changes[:4], *changes[5:]):
        vault.history.follow(change.old, change.new)
    vault.kept.clock.time += 2 * DAY
    vault.history.follow(changes[4].old, changes[4].new)
    vault.kept.client.put_item(TableName="orders", Item=order_item(vault.walk.order))
    vault.next_night()
    true = vault.records()
    assert vault.verify()[0] == 0

    late = next(record for record in true if HistoryItem.read(record).is_late)
    vault.delete(late)
    assert f"{late['sk']}: is missing: the anchor" in vault.verify()[1]
    vault.rewrite(true)
    last = HistoryItem.read(true[-1])
    vault.rewrite([*true[:-1], replace(last, deed=replace(last.deed, by="eve")).record()])
    assert f"{last.sk}: was rewritten" in vault.verify()[1]


def test_an_order_that_vanished_with_its_history_is_missed(vault: Vault) -> None:
    vault.hear_all()
    vault.next_night()
    vault.rewrite([])
    vault.kept.client.delete_item(TableName="orders", Key=to_item({"pk": vault.walk.order_id, "sk": "order"}))

    assert vault.verify(anchored=False)[0] == 0
    assert f"order {vault.walk.order_id}, item all: are missing" in vault.verify()[1]


def test_a_change_whose_mark_was_removed_is_in_no_anchor_and_named(vault: Vault) -> None:
    vault.hear(6)
    vault.next_night()
    vault.kept.clock.time = max(vault.kept.clock.time, vault.walk.clock.time)
    vault.hear_all()
    for page in vault.kept.client.get_paginator("scan").paginate(TableName="history"):
        for item in page["Items"]:
            if item["pk"]["S"].startswith("changed#"):
                vault.kept.client.delete_item(TableName="history", Key={name: item[name] for name in ("pk", "sk")})
    vault.next_night()

    assert "is in no anchor" in vault.verify()[1]


def test_an_erased_person_leaves_every_anchor_true(vault: Vault) -> None:
    vault.hear_all()
    vault.next_night()
    assert vault.history.erase(vault.walk.order_id) > 0

    assert vault.verify()[0] == 0


def test_a_day_that_failed_is_anchored_later_and_each_day_has_its_own(vault: Vault) -> None:
    vault.hear_all()
    vault.next_night()
    vault.kept.clock.time += 3 * DAY
    done = vault.anchoring.run()

    assert (len(done), vault.anchoring.run()) == (3, [])
    assert vault.verify()[0] == 0
    assert days_not_anchored(vault.last.read()[0], vault.kept.clock()) == 0
    assert days_not_anchored(vault.last.read()[0], vault.kept.clock() + 2 * DAY) == 2
    gone = vault.objects.pop(-2)
    said = vault.verify()[1]
    assert f"{gone[0]}: is missing: the day has no anchor" in said
    assert "does not follow on the anchor before" in said


def test_a_crash_between_object_and_record_makes_another_version_and_no_fault(vault: Vault) -> None:
    vault.hear_all()
    vault.kept.clock.time += DAY
    real, vault.anchoring = vault.anchoring, replace(vault.anchoring, last=_Dying(vault.last))
    with pytest.raises(OSError, match="died"):
        vault.anchoring.run()
    vault.anchoring = real
    vault.anchoring.run()
    vault.next_night()

    assert len({key for key, _ in vault.objects}) == len(vault.objects) - 1
    assert vault.verify()[0] == 0


class _Dying(LastAnchor):
    def __init__(self, last: LastAnchor) -> None:
        self._last = last

    def read(self) -> tuple[str, str]:
        return self._last.read()

    def write(self, day: str, hash: str) -> None:
        raise OSError("died")


def test_a_forged_anchor_is_named_and_hides_nothing(vault: Vault) -> None:
    vault.hear_all()
    (day,) = vault.next_night()[-1:]
    true = vault.records()
    vault.rewrite(relinked(true, 3, "eve"))
    forged = list(vault.records())
    last = HistoryItem.read(forged[-1])
    chain = AnchoredChain(name_of(vault.walk.order), last.revision, last.hash)
    vault.put(name_of_object(day), Anchor(day, "", (chain,)).packed())
    vault.put("anchors/2026-01-01.jsonl.gz", b"not one")
    code, said = vault.verify()

    assert code == 1
    assert "was rewritten" in said
    assert "is no anchor: it cannot be read" in said


@pytest.mark.parametrize("content", [b"", Anchor("2027-01-15", "", ()).packed()[:-4], b"\x1f\x8b"])
def test_what_was_cut_off_is_no_anchor(content: bytes) -> None:
    with pytest.raises(UnreadableAnchorError):
        Anchor.read(content)


def test_a_stage_without_anchors_writes_no_marks(kept: Kept) -> None:
    walk = a_long_walk(16, 11)
    kept.hear(*walk.store.changes)

    rows = kept.client.scan(TableName="history")["Items"]
    assert len(rows) == len(walk.store.changes)


def test_an_anchor_of_a_hundred_thousand_orders_stays_small() -> None:
    chains = tuple(AnchoredChain(f"{number}-{number:012x}", 13, f"{number:064x}") for number in range(100_000))
    packed = Anchor("2027-01-15", "", chains).packed()

    assert len(packed) < 12_000_000
    assert len(Anchor.read(packed).chains) == 100_000


def cut(vault: Vault) -> None:
    """The chain without its beginning, its first item rewritten as that of an order from before history."""
    history = History(HistoryTable(RecordTable("history", vault.kept.client)), vault.kept.clock)
    vault.rewrite([])
    for change in (replace(vault.walk.store.changes[5], old=None), *vault.walk.store.changes[6:]):
        history.follow(change.old, change.new)
    vault.kept.client.put_item(TableName="orders", Item=order_item(vault.walk.order))


def test_a_cut_chain_does_not_pass_for_an_order_from_before_history(vault: Vault) -> None:
    vault.kept.table.begin(NOW - DAY)
    cut(vault)

    code, said = vault.verify(anchored=False)
    assert (code, "is the first one, at revision 6: what was before is missing" in said) == (1, True)
    vault.kept.table.begin(NOW + 10**6)  # only the first one counts
    assert vault.verify(anchored=False)[0] == 1


def test_an_order_from_before_history_is_told_apart_once_history_was_begun(vault: Vault) -> None:
    vault.kept.client.put_item(TableName="orders", Item=order_item(vault.walk.order))
    assert "make begin-history" in vault.verify(anchored=False)[1]
    vault.kept.clock.time = max(vault.kept.clock.time, vault.walk.clock())

    said = io.StringIO()
    begin = Begin(vault.kept.client, "orders", vault.kept.table, vault.kept.clock)
    assert (begin.run(Console(file=said)), begin.run(Console(file=said))) == (0, 0)
    assert "0 orders recorded" in said.getvalue()
    code, said_of_all = vault.verify(anchored=False)
    assert (code, "1 begin later than revision 1: their orders are from before history was begun" in said_of_all) == (
        0,
        True,
    )


def test_a_changed_time_of_the_begin_is_found_by_anchors(vault: Vault) -> None:
    vault.kept.table.begin(NOW - DAY)
    vault.hear_all()
    vault.next_night()
    row = {"pk": "begin", "sk": "begin", "at": NOW + DAY}
    vault.kept.client.put_item(TableName="history", Item=to_item(row))

    assert "item begin: was changed" in vault.verify()[1]
