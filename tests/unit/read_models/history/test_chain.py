"""The chain proves itself; a changed, missing or inserted item is named, and an erasure breaks nothing."""

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from infra.operate.erase_history import Erasure
from infra.operate.verify_history import Verification
from lambdas.orders.store import order_item
from lambdas.read_models.history.chain import checked
from lambdas.read_models.history.history import name_of
from lambdas.read_models.history.item import HistoryItem
from lambdas.read_models.history.reading import HistoryReader
from lambdas.runtime.items import to_item
from tests.support.tables import make_order_table
from tests.support.walks import Walk, a_long_walk
from tests.unit.read_models.history.conftest import Kept


class Proof:
    """A walk's order and history in tables, and the command over them."""

    def __init__(self, kept: Kept, walk: Walk) -> None:
        self.kept, self.walk = kept, walk
        self.records: list[dict[str, Any]] = []
        make_order_table(kept.client, "orders")
        kept.client.put_item(TableName="orders", Item=order_item(walk.order))
        self.load()

    def load(self) -> None:
        self.records = list(self.kept.table.of_order(name_of(self.walk.order)))

    def put(self, record: dict[str, Any]) -> None:
        self.kept.client.put_item(TableName="history", Item=to_item(record))

    def delete(self, record: dict[str, Any]) -> None:
        key = to_item({"pk": record["pk"], "sk": record["sk"]})
        self.kept.client.delete_item(TableName="history", Key=key)

    def verify(self, *order_ids: str) -> tuple[int, str]:
        said = io.StringIO()
        command = Verification(self.kept.client, "orders", "history", pause=lambda seconds: None)
        return command.run(Console(file=said, width=200), order_ids), said.getvalue()


@pytest.fixture
def proof(kept: Kept) -> Proof:
    walk = a_long_walk(16, 11)
    kept.hear(*walk.store.changes)
    return Proof(kept, walk)


def changed(record: dict[str, Any], **other: Any) -> dict[str, Any]:
    """The record with another content, as somebody who knows how it is written would write it."""
    return replace(HistoryItem.read(record), **other).record()


def test_a_whole_chain_is_whole_by_order_and_all_together(proof: Proof) -> None:
    for verified in (proof.verify(), proof.verify(proof.walk.order_id)):
        assert verified == (
            0,
            f"1 chains of {len(proof.records)} items: 0 wrong, 0 gaps, 0 with erased personal values\n",
        )


@pytest.mark.parametrize("place", [0, 5, -1])
def test_a_changed_item_is_found_wherever_it_is(proof: Proof, place: int) -> None:
    item = HistoryItem.read(proof.records[place])
    plain = replace(item.plain, changes={**item.plain.changes, "/priority": (1, 3)})
    proof.put(changed(proof.records[place], plain=plain))
    code, said = proof.verify()

    assert code == 1
    assert proof.records[place]["sk"] in said


def test_another_author_in_an_item_is_found(proof: Proof) -> None:
    item = HistoryItem.read(proof.records[4])
    proof.put(changed(proof.records[4], deed=replace(item.deed, by="eve")))

    assert f"{proof.records[4]['sk']}: was changed" in proof.verify()[1]


@pytest.mark.parametrize("place", [0, 5, -1])
def test_a_missing_item_is_found_wherever_it_was(proof: Proof, place: int) -> None:
    proof.delete(proof.records[place])
    code, said = proof.verify()

    assert code == 1
    assert ("which is missing" in said) == (place != -1)
    assert ("is the last one, and the order is at revision" in said) == (place == -1)


def test_an_inserted_item_is_found(proof: Proof) -> None:
    item = HistoryItem.read(proof.records[-1])
    revision = item.revision + 1
    proof.put(replace(item, revision=revision, after=item.revision, previous=item.link).record())
    assert proof.verify()[0] == 1
    proof.delete({"pk": proof.records[-1]["pk"], "sk": f"{proof.records[-1]['sk'][:-9]}{revision:09d}"})
    proof.delete(proof.records[6])
    proof.put(replace(HistoryItem.read(proof.records[6]), deed=replace(item.deed, by="eve")).record())
    assert proof.verify()[0] == 1


def test_a_history_that_was_deleted_is_missed(proof: Proof) -> None:
    for record in proof.records:
        proof.delete(record)

    assert proof.verify() == (
        1,
        "order 1001, item none: the order has no history; if it is from before history: make begin-history\n"
        "0 chains of 0 items: 1 wrong, 0 gaps, 0 with erased personal values\n",
    )


def test_personal_values_that_were_exchanged_are_found_and_erased_ones_are_counted(proof: Proof) -> None:
    ours = next(record for record in proof.records[1:] if "personal" in record)
    proof.put({**ours, "personal": proof.records[0]["personal"]})
    assert "its personal values are not those that were written" in proof.verify()[1]
    proof.put(ours)
    count = proof.kept.history.erase(proof.walk.order_id)

    code, said = proof.verify()
    assert (code, f"0 wrong, 0 gaps, {count} with erased personal values" in said) == (0, True)


def test_a_person_is_erased_by_command_after_a_plan_and_each_history_says_who_did_it(proof: Proof) -> None:
    def erase(*, execute: bool, by: str = "arn:aws:iam::111122223333:user/ada") -> tuple[int, str]:
        said = io.StringIO()
        command = Erasure(proof.kept.client, "orders", proof.kept.table, proof.kept.history, by)
        return command.run(Console(file=said, width=200), "", [proof.walk.order_id], execute=execute), said.getvalue()

    count = proof.kept.table.count_personal(proof.walk.order_id)
    assert f"{count} items would be erased; EXECUTE=1" in erase(execute=False)[1]
    proof.load()
    assert proof.kept.table.count_personal(proof.walk.order_id) == count > 0
    assert f"{count} items erased" in erase(execute=True)[1]
    assert "nothing is left to erase" in erase(execute=True)[1]
    assert "'Ada'" not in repr(list(proof.kept.table.of_order(name_of(proof.walk.order))))

    items = proof.kept.items(proof.walk.order)
    assert [(item.side, item.deed.by, item.deed.actor) for item in items if item.side] == [
        ("erase001", "arn:aws:iam::111122223333:user/ada", "console")
    ]
    assert proof.verify()[0] == 0
    page = HistoryReader(proof.kept.table).page(proof.walk.order, personal=True, limit=3)
    assert (page.entries[0].deed, page.entries[0].side) == ("personal values were erased from this history", "erase001")


def test_a_plan_names_all_orders_of_a_client_and_an_unknown_order_is_said(proof: Proof) -> None:
    proof.kept.client.put_item(TableName="orders", Item=order_item(proof.walk.order.changed(client_id="101")))
    said = io.StringIO()
    command = Erasure(proof.kept.client, "orders", proof.kept.table, proof.kept.history, "ada")

    assert command.run(Console(file=said, width=200), "101", (), execute=False) == 0
    assert f"order {proof.walk.order_id}: " in said.getvalue()
    assert command.run(Console(file=said, width=200), "", ["999999"], execute=True) == 1
    assert command.run(Console(file=said, width=200), "102", (), execute=True) == 1
    assert "order 999999: has no history" in said.getvalue()


def test_an_erasure_that_was_interrupted_goes_on_and_says_so_once(
    proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = proof.kept.table._erase, list[str]()

    def dies(pk: str, sk: str, now: int) -> None:
        calls.append(sk)
        if len(calls) == 3:
            raise OSError("died")
        real(pk, sk, now)

    monkeypatch.setattr(proof.kept.table, "_erase", dies)
    with pytest.raises(OSError, match="died"):
        proof.kept.history.erase(proof.walk.order_id, by="ada")
    assert proof.kept.history.erase(proof.walk.order_id, by="ada") > 0

    assert [item.side for item in proof.kept.items(proof.walk.order) if item.side] == ["erase001"]
    assert (proof.kept.table.count_personal(proof.walk.order_id), proof.verify()[0]) == (0, 0)


def test_an_order_that_was_edited_past_its_history_is_found(proof: Proof) -> None:
    proof.kept.client.put_item(TableName="orders", Item=order_item(proof.walk.order.changed(total_cents=1)))

    code, said = proof.verify()
    assert (code, "they differ in total_cents" in said) == (1, True)


def test_late_and_lost_changes_are_gaps_and_no_faults(kept: Kept) -> None:
    walk = a_long_walk(16, 11)
    changes = walk.store.changes
    kept.hear(*changes[:4], *changes[5:9], *changes[11:])
    kept.clock.time += 20_000
    kept.another().hear(changes[4])
    kept.history.follow(walk.order, walk.order.changed(priority=3))

    found = checked(name_of(walk.order), kept.table.of_order(name_of(walk.order)))
    assert found.findings == ()
    assert found.gaps == 2
