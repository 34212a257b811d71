"""A password is kept so that it can be checked and not read."""

import pytest

from lambdas.runtime.passwords import hash_password, is_password


@pytest.mark.parametrize("password", ["correct horse", "", "ünïcödé 🚀", "x" * 5_000])
def test_the_password_that_was_chosen_is_known_again(password: str) -> None:
    assert is_password(password, hash_password(password))


@pytest.mark.parametrize("other", ["Secret", "secret ", "", "secre"])
def test_any_other_is_not(other: str) -> None:
    assert not is_password(other, hash_password("secret"))


def test_the_same_password_is_kept_differently_each_time_and_never_in_the_clear() -> None:
    first, second = hash_password("secret"), hash_password("secret")

    assert first != second
    assert "secret" not in first
    assert first.startswith("scrypt$")
