"""An error nobody thought of is logged by class and place, never by its text."""

import pytest

from lambdas.runtime.telemetry import level_of, log_unexpected
from tests.support.logs import logged


def test_an_unexpected_error_is_logged_without_what_it_says(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise KeyError("Ada Lovelace")
    except KeyError as error:
        log_unexpected("broken", error, order_id="1001")

    said = logged(caplog)
    assert "KeyError" in said
    assert "test_telemetry.py" in said
    assert "1001" in said
    assert "Lovelace" not in said


@pytest.mark.parametrize(
    ("named", "level"),
    [
        ("LOUD", "INFO"),
        ("TRACE", "DEBUG"),
        ("trace", "DEBUG"),
        ("DEBUG", None),
        ("warn", None),
        ("FATAL", None),
        ("", None),
    ],
)
def test_a_level_that_nobody_knows_stops_nothing(named: str, level: str | None) -> None:
    assert level_of({"POWERTOOLS_LOG_LEVEL": named}) == level
    assert level_of({"LOG_LEVEL": named}) == level
