"""The check of the words that buyers read."""

import pytest

from tests.style.buyer_words import buyer_findings

PAGE, CODE, LABELS = "lambdas/forms/templates/a.html", "lambdas/forms/a.py", "statemachines/a/form_b.toml"


@pytest.mark.parametrize(
    ("file", "source", "phrase"),
    [
        (PAGE, "<h1>Who orders</h1>", "Who orders"),
        (PAGE, "<h1>\nLook over and order</h1>", "Look over and order"),
        (PAGE, "<p>There is something to correct.</p>", "There is something to correct"),
        (CODE, 'raise Refused(f"{label} is needed")', "is needed"),
        (CODE, 'text = "Enter a valid number"', "a valid"),
        (CODE, 'text = f"{label}: choose one of these"', ": choose one"),
        (CODE, 'text = "E-mail"', "E-mail"),
        (LABELS, 'label = "E-mail address"', "E-mail"),
        (LABELS, 'label = "Shall we register it?"', "Shall we"),
    ],
)
def test_a_phrase_that_buyers_do_not_read_is_found(file: str, source: str, phrase: str) -> None:
    [finding] = buyer_findings(file, source)
    assert finding.text.startswith(repr(phrase))


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("lambdas/api/a.py", 'text = "first is needed"'),
        (CODE, '"""What is needed."""'),
        (CODE, 'key = "invalid"'),
        (CODE, 'logger.info("page submitted twice")'),
        (PAGE, '<button type="submit">{{ valid }}</button>{% if submitted %}Send{% endif %}'),
        (PAGE, "<p>Enter your email address</p>"),
        (LABELS, 'kind = "email"'),
    ],
)
def test_words_of_programs_and_of_other_pages_are_not_read(file: str, source: str) -> None:
    assert list(buyer_findings(file, source)) == []
