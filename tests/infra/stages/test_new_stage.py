"""A stage of one's own: a file outside the repository, written from a few answers."""

import io
from pathlib import Path

import pytest

from infra.app import ROOT
from infra.generate import settings_page
from infra.stages import new_stage
from infra.stages.errors import StageFileError, UnknownStageError
from infra.stages.readiness import refuse_unready
from infra.stages.settings import (
    SUBJECTS,
    StageSettings,
    settings_of,
    shown_file,
    stack_name_of,
    stage_names,
    tables_of,
)
from infra.stages.this_machine import OUTSIDE_PARTIES

TRIAL = ["dev", "n", "Seaside Hosting", "orders@seaside.dev", "", "api", "EUR", "sandbox", "y", "none", "y"]
BASES = [f"https://{party}.seaside.dev" for party in sorted(OUTSIDE_PARTIES)]
REAL = ["prod", "y", *TRIAL[2:9], "night@seaside.dev", *BASES, "docusign,generic", "y"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAGES", str(tmp_path / "ours"))
    return tmp_path / "ours"


def answered(monkeypatch: pytest.MonkeyPatch, answers: list[str]) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in answers)))
    return new_stage.main()


def test_answers_become_a_stage_that_can_be_deployed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answered(monkeypatch, REAL) == 0

    settings = settings_of("prod")
    assert (settings.company, settings.currency, settings.keep_data) == ("Seaside Hosting", "EUR", True)
    assert settings.alarm_mails == ("night@seaside.dev",)
    assert settings.contract_providers == ("docusign", "generic")
    refuse_unready(settings, ROOT)


def test_a_stage_that_pays_by_stripe_names_the_secret_with_its_keys(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:payments/dev/stripe-AbC123"
    assert answered(monkeypatch, [*TRIAL[:7], "stripe", "sk_live_in_place_of_an_arn", arn, "none", "y"]) == 0

    settings = settings_of("dev")
    assert (settings.gateway, settings.payment_secrets) == ("stripe", {"stripe": arn})
    refuse_unready(settings, ROOT)


def test_a_domain_is_asked_for_with_all_that_it_needs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arns = [f"arn:aws:acm:{region}:111122223333:certificate/0a1b" for region in ("eu-west-1", "us-east-1")]
    address = ["orders.seaside.dev", arns[0], "Z0123456789", "y", arns[0], arns[1]]
    assert answered(monkeypatch, [*TRIAL[:4], *address, *TRIAL[5:]]) == 0

    settings = settings_of("dev")
    assert (settings.domain, settings.certificate, settings.hosted_zone) == (address[0], arns[0], address[2])
    assert settings.front is not None
    assert settings.front.certificate == arns[1]
    refuse_unready(settings, ROOT)


def test_a_stage_for_trying_out_asks_less(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answered(monkeypatch, TRIAL) == 0

    settings = settings_of("dev")
    assert not settings.keep_data
    refuse_unready(settings, ROOT)


def test_an_answer_that_does_not_fit_is_asked_again_and_says_why(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name, kept, company, *rest = TRIAL
    rest[3:4] = ["XAU", "EUR"]  # the currency
    assert answered(monkeypatch, ["../prod", "local", name, kept, company, "not mail", *rest]) == 0

    said = capsys.readouterr().out
    assert "1 to 16 small letters" in said
    assert "There is a stage local already" in said
    assert "is no currency of ISO 4217" in said
    assert settings_of("dev").mail_from == "orders@seaside.dev"


def test_a_file_is_never_written_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answered(monkeypatch, TRIAL)
    before = (folder / "dev.toml").read_text()

    assert answered(monkeypatch, TRIAL) == 1  # the name is asked again, and nobody answers

    assert (folder / "dev.toml").read_text() == before


def test_questions_that_are_left_write_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answered(monkeypatch, TRIAL[:4]) == 1

    assert list(folder.iterdir()) == []
    assert "Nothing was written." in capsys.readouterr().out


def test_what_is_missing_is_named_with_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    later = ["" if answer in BASES else answer for answer in REAL]
    assert answered(monkeypatch, later) == 0

    said = capsys.readouterr().out
    assert f"{folder}/prod.toml has its settings" in said
    assert "webhook_bases.panel is missing" in said


def test_a_hostile_name_stays_a_text(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = 'Sea "side" \\ # ${x} 岸'
    assert answered(monkeypatch, ["dev", "n", hostile, *TRIAL[3:]]) == 0

    assert settings_of("dev").company == hostile


def test_stages_of_ones_own_stand_in_for_ours_but_for_this_machine_s(folder: Path) -> None:
    folder.mkdir()
    (folder / "live.toml").write_text('keep_data = false\ncompany = "Seaside Hosting"\n')
    (folder / "local.toml").write_text("not a stage")

    assert stage_names() == ["live", "local"]
    assert settings_of("live").company == "Seaside Hosting"
    assert settings_of("local").company == "Example Hosting"
    assert stack_name_of("live") == "OrderQueues-live"
    with pytest.raises(UnknownStageError, match=r"unknown stage 'prod': .*ours has live, local"):
        settings_of("prod")


def test_a_file_of_ones_own_is_named_where_it_is(folder: Path) -> None:
    folder.mkdir()
    (folder / "live.toml").write_text("keep_date = true")

    assert shown_file("live") == f"{folder}/live.toml"
    with pytest.raises(StageFileError, match=r"ours/live\.toml cannot be used:"):
        settings_of("live")


def test_a_folder_that_is_not_there_is_said(folder: Path) -> None:
    with pytest.raises(UnknownStageError, match="which is no folder"):
        settings_of("dev")


def test_every_setting_is_described() -> None:
    models = [*SUBJECTS, *tables_of(StageSettings)]
    unsaid = [name for model in models for name, field in model.model_fields.items() if not field.description]

    assert unsaid == []
    assert settings_page.FILE.read_text("utf-8") == settings_page.page()
