"""The reference of an order: short, said and typed without mistakes, and silent about how many orders there are."""

import re

from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.model.redacted import without_person
from lambdas.orders.reference import bare_reference, reference_of
from tests.support.build import an_order

_SHOWN = re.compile(r"[CDFGHJKMNPQRTVWXY][346789CDFGHJKMNPQRTVWXY]{2}(-[346789CDFGHJKMNPQRTVWXY]{3}){2}")


@given(hash=st.text(min_size=1, max_size=64))
def test_it_is_three_groups_without_words_and_without_signs_that_look_alike(hash: str) -> None:
    assert _SHOWN.fullmatch(reference_of(hash))


def test_orders_one_after_the_other_share_nothing() -> None:
    references = {reference_of(f"hash {number}") for number in range(20_000)}

    assert len(references) == 20_000
    for place in (0, 4, 10):  # every sign that may stand there does, about as often as the others
        signs = [reference[place] for reference in references]
        assert len(set(signs)) == (17 if place == 0 else 23)
        assert max(map(signs.count, set(signs))) < 2 * min(map(signs.count, set(signs)))


def test_it_stays_for_good() -> None:
    assert reference_of("a hash") == "GCW-87R-R4W"


@given(hash=st.text(min_size=1, max_size=64), lower=st.booleans(), grouped=st.booleans())
def test_it_is_read_however_it_is_typed(hash: str, lower: bool, grouped: bool) -> None:
    shown = reference_of(hash)
    typed = shown if grouped else shown.replace("-", "")

    assert bare_reference(typed.lower() if lower else typed) == shown.replace("-", "")


def test_what_is_none_is_not_read_as_one() -> None:
    for text in ("", "1001", "346-789-346", "K7M-XQ4", "K7M-XQ4-TPFF", "lovelaces", "+44 20 7946 0018", "K7M-XQ4-TP0"):
        assert bare_reference(text) == ""


def test_who_may_not_see_persons_sees_it_and_not_the_hash_it_follows_from() -> None:
    order = an_order(hash="a secret")

    shown = without_person(order)
    assert (shown.reference, shown.hash) == (order.reference, "")
