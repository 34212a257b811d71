"""What was logged, as far as the code that logged it decided it.

A value is looked for only where it cannot occur by chance: not beside clocks, threads and line numbers, which every record has.
`tests/unit/test_searches.py` holds the tests to it.
"""

import logging

import pytest

_EVERY_RECORD_S = {*vars(logging.LogRecord("", 0, "", 0, "", None, None)), "message", "asctime"}
_SAID = ("exc_text", "stack_info")


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Each line of ours: its message, its own fields, and the error it came with. What botocore says of itself is not ours."""
    return "\n".join(map(_said, (entry for entry in caplog.records if not entry.name.startswith("boto"))))


def logged_words(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Messages and values of all lines, each by itself: for what is too short to be looked for in a text."""
    own = (fields(entry) for entry in caplog.records)
    return [str(value) for each in own for value in each.values()]


def fields(entry: logging.LogRecord) -> dict[str, object]:
    """What this line says, by name; `message` is its text."""
    own = {name: value for name, value in vars(entry).items() if name not in _EVERY_RECORD_S or name in _SAID}
    return {"message": entry.getMessage(), **own}


def _said(entry: logging.LogRecord) -> str:
    return str(fields(entry))
