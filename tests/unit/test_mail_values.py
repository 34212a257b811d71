"""What strangers typed stands in mails only where no mail program makes a link of it."""

import pytest

from lambdas.actions._frame.mail import filled
from lambdas.mail.addresses import harmless
from tests.support.build import a_queue, an_order

LEADING = [
    "evil.com", "http://evil", "//evil", "me@evil", "evil\u3002com", "evil\uff0ecom", "evil\uff61com", "evil\u2024com",
    "evil\u06d4com", "evil\u00b7com", "\uff45vil\uff0e\uff43om", "evil.\u0301com", "evil.c\u0301om", "me\uff20evil",
    "\u2215\u2044evil", "http\uff1ax", "tel:1900", "Ada evil\u3002\u0440\u0444", "evil\n.com evil.org",
]  # fmt: skip


@pytest.mark.parametrize("typed", LEADING)
def test_what_could_lead_somewhere_is_left_out(typed: str) -> None:
    assert harmless(typed, 60) == ""


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Ada", "Ada"), ("J. R. R. Tolkien", "J. R. R. Tolkien"), ("M\u00fcller & S\u00f6hne", "M\u00fcller & S\u00f6hne"),
        ("O\u2019Brien", "O\u2019Brien"), ("Ada\r\nBcc: x", "Ada Bcc: x"), ("12/4 High St", "12/4 High St"),
        ("\u5c71\u7530", "\u5c71\u7530"),
    ],
)  # fmt: skip
def test_names_stay_as_they_are_on_one_line(typed: str, shown: str) -> None:
    assert harmless(typed, 60) == shown


@pytest.mark.parametrize("field", ["full_name", "first_name", "company", "city", "phone"])
def test_the_mails_of_queues_are_no_way_either(field: str) -> None:
    key = {"full_name": "last", "first_name": "first"}.get(field, field)
    order = an_order(a_queue(), info={key: "evil\u3002com", "email": "ada@example.com"})

    assert filled(f"Dear ##{field}##, ##email##", order) == "Dear , ada@example.com"
