"""A host's or domain's name is one that a registry would give, however it is written or pasted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.orders.contact.hosts import host, hosts
from lambdas.orders.contact.unfit import UnfitError


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Example.COM.", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("faß.de", "xn--fa-hia.de"),  # IDNA 2003 made fass.de of it, which is somebody else's
        ("نامه\u200cای.com", "xn--mgba3gch31f060k.com"),  # the joiner is part of the name
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("ＥＸＡＭＰＬＥ．com", "example.com"),
        ("\u202aexample.com\u202c", "example.com"),
        ("https://www.Example.com:8080/path?x=1#top", "www.example.com"),
        ("http://bücher.example", "xn--bcher-kva.example"),
        ("//example.com", "example.com"),
        ("www.example.com/", "www.example.com"),
        ("example.com:443", "example.com"),
        ("a.b-c.d1", "a.b-c.d1"),
        ("", ""),
    ],
)
def test_a_name_is_kept_as_the_dns_knows_it(said: str, kept: str) -> None:
    assert host(said) == kept
    assert host(kept) == kept


@pytest.mark.parametrize(
    "said",
    [
        "192.0.2.1", "https://192.0.2.1/", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]", "http://[::1]/", "1.2.3",
        "0x7f.1", "0x7f.0x1",
        "example.123", "localhost", "com", ".com", "a..com", "example.com..", "-a.com", "a-.com", "ab--cd.com",
        "xn--a.com", "a_b.com",
        "*.example.com", "☃.net", f"{'a' * 64}.com", f"{'a.' * 127}com", "ada@example.com", "mailto:ada@example.com", "https://",
        "example.com\x00", "a\u200db.com",
    ],
)  # fmt: skip
def test_what_nobody_could_register_or_reach_by_name_is_refused(said: str) -> None:
    with pytest.raises(UnfitError):
        hosts(said)


def test_several_stand_apart_by_commas_blanks_or_lines() -> None:
    assert hosts("A.example.com, b.example.com;c.example.com\nd.example.com ") == tuple(
        f"{each}.example.com" for each in "abcd"
    )


def test_no_more_are_looked_at_than_are_wanted() -> None:
    with pytest.raises(UnfitError, match="more than 2"):
        hosts("a.example b.example c.example", most=2)
    with pytest.raises(UnfitError):
        host("ä" * 100_000 + ".example")


@given(st.text(st.one_of(st.characters(), st.sampled_from("abc.-xn/:。é\u200c")), max_size=24))
def test_the_rule_changes_nothing_of_its_own_result(said: str) -> None:
    try:
        kept = host(said)
    except UnfitError:
        return
    assert host(kept) == kept
    assert kept.isascii()
    assert len(kept) <= 253
