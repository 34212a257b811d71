"""What `make run` makes again and what it uses again; that it works is shown by every test on the engine."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra.cdk import cdk_environment
from infra.local import deployment
from infra.local.deployment import DeployError, deploy
from infra.local.process import BackgroundProcess


class Cdk:
    """Writes down what is asked of the CDK's command line, and makes the folder that a synth makes."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.words: list[tuple[str, ...]] = []
        self.fails = ""

    def __call__(self, engine: Any, *words: str, panel_url: str = "") -> None:
        self.asked.append(words[0])
        self.words.append(words)
        if words[0] == "synth":
            (engine.root / "cdk.out").mkdir(exist_ok=True)
        if words[0] == self.fails:
            raise DeployError("it failed")


@pytest.fixture
def cdk(monkeypatch: pytest.MonkeyPatch) -> Cdk:
    made = Cdk()
    monkeypatch.setattr(deployment, "_cdk", made)
    monkeypatch.setattr(deployment, "source_hash", lambda: "as it is")
    return made


def run(root: Path, *, front: str = "http://127.0.0.1:1", panel: str = "http://127.0.0.1:2") -> None:
    engine: Any = SimpleNamespace(root=root, front_url=front)
    list(deploy(engine, panel))


def test_an_unchanged_assembly_is_used_again(cdk: Cdk, tmp_path: Path) -> None:
    run(tmp_path)
    run(tmp_path)

    assert sorted(cdk.asked) == ["bootstrap", "bootstrap", "deploy", "deploy", "synth"]


def test_two_engines_can_be_deployed_to_at_once(cdk: Cdk, tmp_path: Path) -> None:
    """The command line locks the folder that it writes to: one for all would have the second refused."""
    run(tmp_path)

    assert [words for words in cdk.words if not any(word.startswith(str(tmp_path)) for word in words)] == []


def test_other_sources_or_another_address_make_it_anew(
    cdk: Cdk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path)
    run(tmp_path, front="http://127.0.0.1:3")
    run(tmp_path, front="http://127.0.0.1:3", panel="http://127.0.0.1:4")
    monkeypatch.setattr(deployment, "source_hash", lambda: "changed")
    run(tmp_path, front="http://127.0.0.1:3", panel="http://127.0.0.1:4")

    assert cdk.asked.count("synth") == 4


def test_half_an_assembly_is_not_used(cdk: Cdk, tmp_path: Path) -> None:
    run(tmp_path)
    cdk.fails = "synth"
    with pytest.raises(DeployError):
        run(tmp_path, front="http://127.0.0.1:3")
    cdk.fails = ""
    run(tmp_path)

    assert cdk.asked.count("synth") == 3


def test_a_failed_bootstrap_deploys_nothing(cdk: Cdk, tmp_path: Path) -> None:
    cdk.fails = "bootstrap"
    with pytest.raises(DeployError):
        run(tmp_path)

    assert "deploy" not in cdk.asked


def test_our_tools_keep_their_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")

    assert cdk_environment()["PYTHONDONTWRITEBYTECODE"] == ""


@pytest.mark.parametrize("content", [None, "", "[]", "no json"])
def test_where_nothing_listened_before_is_nowhere(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "engine.ports.json").write_text(content)

    assert BackgroundProcess.ports_before(tmp_path, "engine") == {}
