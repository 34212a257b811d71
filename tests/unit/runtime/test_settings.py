"""A function that was deployed without something it needs says so by name, before anything runs."""

import pytest

from lambdas.runtime.settings import Settings, SettingsError, TableSettings


class Example(Settings):
    needed: str
    retries: int
    spare: str = "default"


def test_settings_are_read_from_variables_in_capitals(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"NEEDED": "a", "RETRIES": "3", "OTHER": "x"}.items():
        monkeypatch.setenv(name, value)

    assert Example.from_environment() == Example(needed="a", retries=3)


def test_every_missing_or_wrong_variable_is_named_and_no_value_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETRIES", "secret-value")

    with pytest.raises(SettingsError, match="missing or wrong: NEEDED, RETRIES; infra/ sets them") as refused:
        Example.from_environment()
    assert "secret-value" not in str(refused.value)


def test_an_empty_environment_names_both_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ORDER_TABLE", "RECORD_TABLE"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(SettingsError, match="ORDER_TABLE, RECORD_TABLE"):
        TableSettings.from_environment()


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Example(needed="a", retries=1).needed = "b"  # type: ignore[misc]
