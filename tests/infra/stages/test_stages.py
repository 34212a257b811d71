"""The files of infra/stages: what they say counts, and what they say wrongly is refused where it stands."""

import pytest

from infra.stages.errors import StageFileError, UnknownStageError
from infra.stages.owned_files import FOLDER
from infra.stages.settings import read_settings, settings_of, stack_name_of, stage_names
from lambdas.rate_limits.failures import Limit

LEAST = """
keep_data = false
company = "Seaside Hosting"
mail_from = "orders@seaside.internal"
"""


def refusal(text: str) -> str:
    with pytest.raises(StageFileError) as refused:
        read_settings("dev", LEAST + text)
    return str(refused.value)


def test_a_stage_is_what_its_file_says() -> None:
    settings = read_settings(
        "dev",
        LEAST
        + """
throttle_rate = 7
log_days = 90
contract_providers = []
[payment_limits]
card = { most = 2, seconds = 60 }
""",
    )

    assert (settings.stage, settings.company, settings.throttle_rate) == ("dev", "Seaside Hosting", 7)
    assert settings.contract_providers == ()
    assert settings.payment_limits.card == Limit(most=2, seconds=60)
    assert settings.log_retention.name == "THREE_MONTHS"


def test_whether_data_is_kept_is_said_in_every_file() -> None:
    with pytest.raises(StageFileError, match="keep_data is missing"):
        read_settings("dev", LEAST.replace("keep_data = false", ""))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("keep_date = true", "keep_date is no setting; keep_data was meant?"),
        ("allow_sandboxes = true", "allow_sandboxes is no setting; allow_sandbox was meant?"),
        ("nonsense = 1", "nonsense is no setting; docs/settings.md has all there are"),
        ("[payment_limits]\ncards = { most = 2, seconds = 60 }", "payment_limits.cards is no setting; card was meant?"),
        (
            "[payment_limits]\ncard = { most = 2, second = 60, seconds = 60 }",
            "payment_limits.card.second is no setting; seconds was meant?",
        ),
        ("stages = 'prod'", "stages is no setting; stage was meant?"),
        ("throttle_rate = 0", "throttle_rate: Input should be greater than or equal to 1"),
        ("log_level = 'VERBOSE'", "log_level: Input should be 'TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR' or 'FATAL'"),
        ("log_days = 8", "log_days: must be one of 1, 3, 7,"),
        ("currency = 'dollars'", "currency: "),
        ("currency = 'XAU'", "currency: is no currency of ISO 4217"),
        ("currency = 'MGA'", "currency: is counted in fifths"),
        ("[brand_currencies]\n2 = 'XAU'", "brand_currencies.2: is no currency of ISO 4217"),
        ("public_url = 'orders.seaside.internal'", "public_url: "),
        ("public_url = 'https://orders.seaside.internal/shop'", "public_url: "),
        ("contract_providers = ['docusing']", "contract_providers.0: Input should be 'docusign' or 'generic'"),
        ("contract_providers = ['generic', 'generic']", "contract_providers: must name each provider once"),
        ("webhook_hosts = ['https://panel.seaside.internal']", "webhook_hosts.0: "),
        ("[webhook_bases]\nPanel = 'https://panel.seaside.internal'", "webhook_bases.Panel: "),
        ("[webhook_bases]\npanel = 'https://me:secret@panel.seaside.internal'", "webhook_bases.panel: "),
        ("allow_sandbox = 'perhaps'", "allow_sandbox: "),
    ],
)
def test_what_is_no_setting_is_refused_with_what_was_meant(line: str, said: str) -> None:
    text = refusal(line)

    assert text.startswith("infra/stages/dev.toml cannot be used:")
    assert said in text
    assert len(text.splitlines()) == 2


def test_all_that_is_wrong_is_said_at_once_and_never_what_was_written() -> None:
    text = refusal("throttle_rate = -1\nwebhook_hosts = ['s3cret value']\nnonsense = 1")

    assert len(text.splitlines()) == 4
    assert "s3cret" not in text


def test_what_is_not_toml_is_said_in_one_line() -> None:
    text = refusal("throttle_rate")

    assert text.startswith("infra/stages/dev.toml is not TOML: ")
    assert len(text.splitlines()) == 1


def test_a_file_cannot_say_that_it_is_another_stage() -> None:
    assert read_settings("dev", LEAST + "stage = 'prod'").stage == "dev"


@pytest.mark.parametrize("stage", ["", "staging", "../prod", "PROD", "prod.toml"])
def test_a_stage_without_a_file_is_none(stage: str) -> None:
    for ask in (settings_of, stack_name_of):
        with pytest.raises(UnknownStageError, match="infra/stages has dev, local, prod, test"):
            ask(stage)


def test_only_one_module_reads_the_files_and_every_file_can_be_read() -> None:
    readers = [file.name for file in FOLDER.parent.rglob("*.py") if 'glob("*.toml")' in file.read_text("utf-8")]

    assert readers == ["settings.py"]
    assert [settings_of(stage).stage for stage in stage_names()] == ["dev", "local", "prod", "test"]
