"""A telephone number of any country, however it is written, is kept as it is dialled from anywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.contact.telephone import is_telephone, telephone
from lambdas.orders.contact.unfit import UnfitError


@pytest.mark.parametrize(
    ("said", "country", "kept"),
    [
        ("020 7946 0018", "GB", "+44 20 7946 0018"),
        ("020 7946 0018 ext. 89", "GB", "+44 20 7946 0018 ext. 89"),
        ("+44 20 7946 0018 x89", "", "+44 20 7946 0018 ext. 89"),
        ("tel:+44-20-7946-0018;ext=89", "", "+44 20 7946 0018 ext. 89"),
        ("+44 (0)20 7946 0018", "DE", "+44 20 7946 0018"),
        ("0044 20 7946 0018", "", "+44 20 7946 0018"),
        ("0044 20 7946 0018", "FR", "+44 20 7946 0018"),
        ("011 44 20 7946 0018", "US", "+44 20 7946 0018"),
        ("(212) 555–0100", "US", "+1 212-555-0100"),
        ("1 212 555 0100 #12", "CA", "+1 212-555-0100 ext. 12"),
        ("1-800-FLOWERS", "US", "+1 800-356-9377"),
        ("０３−１２３４−５６７８", "JP", "+81 3-1234-5678"),
        ("+٤٤٢٠٧٩٤٦٠٠١٨", "", "+44 20 7946 0018"),
        ("\u202a+44 20 7946 0018\u202c", "", "+44 20 7946 0018"),
        ("06 12 34 56 78", "FR", "+33 6 12 34 56 78"),
        ("0171/1234567", "DE", "+49 171 1234567"),
        ("49 171 12345674", "DE", "+49 171 12345674"),
        ("06 1234 5678", "IT", "+39 06 1234 5678"),
        ("11 91234-5678", "BR", "+55 11 91234-5678"),
        ("044 123 456", "XK", "+383 44 123 456"),
        ("098765 43210", "IN", "+91 98765 43210"),
        ("020 7946 0018", "", "020 7946 0018"),
        ("030 123456 ext 7", "", "030 123456 ext. 7"),
        ("", "GB", ""),
    ],
)
def test_a_number_is_kept_as_it_is_dialled_from_anywhere(said: str, country: str, kept: str) -> None:
    assert telephone(said, country) == kept
    assert telephone(kept, country) == kept


@pytest.mark.parametrize(
    ("said", "country"),
    [
        ("call me", "GB"), ("call me", ""), ("+", ""), ("0", "GB"), ("112", "DE"), ("555-0100", "US"), ("1", ""),
        ("+44 20 7946", ""),
        ("1234567890123456789", ""), ("+44 20 7946 0018 / 19", ""), ("+999 123456", ""), ("020 7946 0018\x00", "GB"),
        ("@+44 20 7946 0018", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_dialled_is_refused(said: str, country: str) -> None:
    with pytest.raises(UnfitError):
        telephone(said, country)


@pytest.mark.parametrize("said", ["+44 20 7946 0018 ext. 8912", "+49 171 1234567 x1234", "+1 212-555-0100 ext. 12345"])
def test_an_extension_makes_no_card_number_of_a_telephone_number(said: str) -> None:
    assert is_telephone(said)
    assert not is_telephone(said.replace("ext.", "").replace("x", ""))


DIALLED = st.text("0123456789+-–() ./x#extABC０１", max_size=22)


@given(DIALLED, st.sampled_from(["", "GB", "US", "DE", "IT", "FR", "JP", "BR", "AR", "MX", "IN", "XK"]))
def test_the_rule_changes_nothing_of_its_own_result(said: str, country: str) -> None:
    try:
        kept = telephone(said, country)
    except UnfitError:
        return
    assert telephone(kept, country) == kept
