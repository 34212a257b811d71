"""An address is taken if mail can be sent to it, and kept as it is sent to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.contact.email import email, is_email, mailed_to
from lambdas.orders.contact.unfit import UnfitError


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("ada@example.com", "ada@example.com"),
        (" Ada.Lovelace+orders@Example.CO.UK ", "Ada.Lovelace+orders@example.co.uk"),
        ("o'hara@example.ie", "o'hara@example.ie"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("info@例え.テスト.example", "info@xn--r8jz45g.xn--zckzah.example"),
        ("ada＠example．com", "ada@example.com"),
        ("\u202aada@example.com\u202c", "ada@example.com"),  # as it is copied from a list of contacts
        ("ada@example.com.", "ada@example.com"),
        ("ada@shop.test", "ada@shop.test"),
        ("", ""),
    ],
)
def test_an_address_is_kept_as_mail_is_sent_to_it(written: str, kept: str) -> None:
    assert email(written) == kept
    assert mailed_to(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "@", "ada", "ada@", "@example.com", "ada@example", "ada@example..test", "ada@.example.com", "ada@-a.example",
        "a da@example.com", "ada@exa mple.com", "Ada <ada@example.com>", "ada@example.com, eve@example.com",
        "ada@example.com;eve@example.com", "ada@example.com\nBcc: eve@example.com", "mailto:ada@example.com", ".ada@example.com",
        "a..b@example.com", "ada@192.0.2.1", "ada@[192.0.2.1]", '"a b"@example.com', "ada@localhost", "ada@test",
        "ada@printer.local", "ada@x.invalid", f"{'a' * 65}@example.com", f"ada@{'a.' * 130}com", "ada@exam_ple.com",
        "ada@@example.com", "ada@example.com\x00", "ada–b@example.com", "дмитрий@example.com",
    ],
)  # fmt: skip
def test_what_no_mail_could_be_sent_to_is_refused(written: str) -> None:
    with pytest.raises(UnfitError) as refused:
        email(written)
    assert len(written) < 13 or written not in str(refused.value)
    assert mailed_to(written) == ""
    assert not is_email(written)


def test_what_is_too_long_is_not_looked_at() -> None:
    with pytest.raises(UnfitError):
        email("ä." * 100_000 + "@example.com")


def test_letters_before_the_at_are_said_to_be_the_reason() -> None:
    with pytest.raises(UnfitError, match="before it"):
        email("ädä@example.com")


@given(st.one_of(st.emails(), st.text(max_size=30).map(lambda domain: f"ada@{domain}")))
def test_the_rule_changes_nothing_of_its_own_result_and_gives_what_ses_takes(written: str) -> None:
    kept = mailed_to(written)
    assert mailed_to(kept) == kept
    assert kept.isascii()
    assert len(kept) <= 254
