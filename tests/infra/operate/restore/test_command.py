"""The command refuses what it cannot do before it asks AWS anything."""

import pytest

from infra.operate.restore.__main__ import main


@pytest.mark.parametrize(
    ("at", "why"), [("", "AT must name the moment"), ("yesterday", "yesterday is no moment: write AT=")]
)
def test_without_a_moment_nothing_is_asked(capsys: pytest.CaptureFixture[str], at: str, why: str) -> None:
    assert main(["--stage", "dev", "--at", at, "--execute", ""]) == 2
    assert why in capsys.readouterr().out


def test_a_stage_that_nobody_knows_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--stage", "nowhere", "--at", "2026-11-01T00:00:00Z"]) == 2
    assert "nowhere" in capsys.readouterr().out


def test_only_a_word_that_is_known_confirms(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--stage", "dev", "--at", "2026-11-01T00:00:00Z", "--execute", "1"])
    assert "invalid choice" in capsys.readouterr().err
