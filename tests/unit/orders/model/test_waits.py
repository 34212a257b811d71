"""Keys of waits: what a constructor makes, the parser reads; and the stored words never change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.model.waits import LEADS_WAIT, MACHINE_WAIT, WaitKey, WaitKind

MADE = {
    WaitKind.ACTION: WaitKey.action,
    WaitKind.GATE: WaitKey.gate,
    WaitKind.UNDO: WaitKey.undo,
    WaitKind.OUTSTANDING: WaitKey.outstanding,
    WaitKind.HOLD: WaitKey.hold,
}


@given(st.sampled_from(sorted(MADE)), st.integers(1, 10**6))
def test_a_key_is_read_as_it_was_made(kind: WaitKind, action_id: int) -> None:
    key = MADE[kind](action_id)
    read = WaitKey(str(key))

    assert (read.kind, read.action_key) == (kind, str(action_id))


@pytest.mark.parametrize(("key", "kind"), [(LEADS_WAIT, WaitKind.LEADS), (MACHINE_WAIT, WaitKind.MACHINE)])
def test_a_wait_of_the_whole_order_names_no_action(key: WaitKey, kind: WaitKind) -> None:
    assert (key.kind, key.action_key) == (kind, "")


def test_tables_and_machines_of_earlier_releases_hold_these_words() -> None:
    keys = [LEADS_WAIT, MACHINE_WAIT, *(make(22) for _, make in sorted(MADE.items()))]

    assert keys == ["leads", "machine", "22", "gate_22", "hold_22", "settle_22", "undo_22"]
