"""A stage is refused while a queue's notices would go to a host it does not allow, or to a topic it does not know."""

import shutil
from pathlib import Path

import pytest

from infra.app import ROOT as ROOT_FOLDER
from infra.stages.errors import StageFileError
from infra.stages.notice_checks import foreign_hosts, missing_topics
from infra.stages.readiness import StageNotReadyError, refuse_unready
from infra.stages.settings import read_settings, settings_of

TOPIC = "arn:aws:sns:eu-west-1:123456789012:pager"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "statemachines" / "new_accounts"
    shutil.copytree(ROOT_FOLDER / "statemachines" / "new_accounts", folder)
    text = (folder / "queue.toml").read_text("utf-8")
    call = '[[notify]]\nevent = "failed"\nwebhook = "https://169.254.169.254/latest"\n'
    rules = f'{call}\n[[notify]]\nevent = "overdue"\ntopic = "pager"\n'
    (folder / "queue.toml").write_text(text.replace("[[steps]]", f"{rules}\n[[steps]]", 1), "utf-8")
    catalog = Path("lambdas") / "catalog"
    shutil.copytree(ROOT_FOLDER / catalog, tmp_path / catalog)
    return tmp_path


def test_a_host_that_the_stage_does_not_allow_is_refused_by_place_and_name(sources: Path) -> None:
    (problem,) = foreign_hosts(settings_of("dev"), sources)

    assert problem == (
        "statemachines/new_accounts/queue.toml, [[notify]] number 2, calls 169.254.169.254, which may not be called from here: "
        "add it to webhook_hosts, or correct the queue"
    )
    with pytest.raises(StageNotReadyError, match=r"169\.254\.169\.254"):
        refuse_unready(settings_of("dev"), sources)


def test_a_host_that_the_stage_names_is_fine(sources: Path) -> None:
    settings = settings_of("dev").changed(webhook_hosts=("169.254.169.254",))

    assert list(foreign_hosts(settings, sources)) == []


def test_a_topic_has_to_be_the_stage_s(sources: Path) -> None:
    (problem,) = missing_topics(settings_of("dev"), sources)

    assert problem.startswith(
        "notice_topics.pager is missing: statemachines/new_accounts/queue.toml, [[notify]] number 3,"
    )
    assert list(missing_topics(settings_of("dev").changed(notice_topics={"pager": TOPIC}), sources)) == []
    with pytest.raises(StageFileError, match=r"notice_topics\.pager"):
        read_settings("dev", 'keep_data = false\n[notice_topics]\npager = "pager"\n')
