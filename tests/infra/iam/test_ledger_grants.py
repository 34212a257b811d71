"""Whoever may pay may write the ledger of effects; else no call of theirs would be made."""

from infra.actions import ACTIONS


def test_each_action_that_pays_may_write_down_what_it_asks_for() -> None:
    paying = {name: needs.on_records for name, needs in ACTIONS.items() if needs.pays}

    assert len(paying) >= 3
    assert {name for name, verbs in paying.items() if not {"PutItem", "UpdateItem"} <= set(verbs)} == set()
