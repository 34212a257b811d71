"""The layer is made once for each set of wheels, whole or not at all."""

import subprocess
from pathlib import Path

import pytest

from infra.app import ROOT
from infra.functions import layer
from infra.stages.settings import settings_of
from tests.infra.filled_in import filled_in_prod
from tests.infra.template import Synthesized

SETTINGS = filled_in_prod()


class UvWithoutNetwork:
    """Writes what uv would install, and remembers what it was asked."""

    def __init__(self, requirements: str = "pydantic==2\n") -> None:
        self.requirements = requirements
        self.installs: list[tuple[str, ...]] = []
        self.fails = False

    def __call__(self, *words: str, root: Path) -> str:
        if words[0] == "export":
            return self.requirements
        self.installs.append(words)
        target = Path(words[words.index("--target") + 1])
        for name in ("pydantic/main.py", "pydantic/tests/test_main.py", "bin/tool", "pydantic-2.dist-info/RECORD"):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_text("")
        (target / "pydantic-2.dist-info" / "METADATA").write_text("")
        for name in ("__init__.py", "Europe/__init__.py", "Europe/Berlin", "Europe/Paris", "tzdata.zi"):
            (target / "tzdata/zoneinfo" / name).parent.mkdir(parents=True, exist_ok=True)
            (target / "tzdata/zoneinfo" / name).write_text("")
        if self.fails:
            raise RuntimeError("no network")
        return ""


@pytest.fixture
def uv(monkeypatch: pytest.MonkeyPatch) -> UvWithoutNetwork:
    fake = UvWithoutNetwork()
    monkeypatch.setattr(layer, "_uv", fake)
    return fake


def test_a_second_synth_needs_no_network(uv: UvWithoutNetwork, tmp_path: Path) -> None:
    first = layer.bundle_layer(SETTINGS, root=tmp_path)
    second = layer.bundle_layer(SETTINGS, root=tmp_path)

    assert first == second
    assert len(uv.installs) == 1


def test_wheels_are_for_the_python_and_machine_of_the_stage(uv: UvWithoutNetwork, tmp_path: Path) -> None:
    layer.bundle_layer(SETTINGS, root=tmp_path)

    (words,) = uv.installs
    assert words[words.index("--python-version") + 1] == "3.14"
    assert words[words.index("--python-platform") + 1] == "aarch64-manylinux_2_28"
    assert "--require-hashes" in words


def test_what_decides_the_wheels_decides_the_hash(uv: UvWithoutNetwork, tmp_path: Path) -> None:
    folders = {layer.bundle_layer(SETTINGS, root=tmp_path)}
    folders.add(layer.bundle_layer(SETTINGS.changed(machine="x86_64"), root=tmp_path))
    folders.add(layer.bundle_layer(SETTINGS.changed(python_version="3.15"), root=tmp_path))
    uv.requirements = "pydantic==3\n"
    folders.add(layer.bundle_layer(SETTINGS, root=tmp_path))

    assert len(folders) == 4


def test_a_stage_does_not_decide_the_wheels(uv: UvWithoutNetwork, tmp_path: Path) -> None:
    assert layer.bundle_layer(SETTINGS, root=tmp_path) == layer.bundle_layer(settings_of("dev"), root=tmp_path)


def test_a_layer_that_could_not_be_finished_is_not_there(uv: UvWithoutNetwork, tmp_path: Path) -> None:
    uv.fails = True
    with pytest.raises(RuntimeError):
        layer.bundle_layer(SETTINGS, root=tmp_path)
    assert list((tmp_path / ".local" / "layers").iterdir()) == []

    uv.fails = False
    assert layer.bundle_layer(SETTINGS, root=tmp_path).is_dir()


def test_dead_weight_is_left_out(uv: UvWithoutNetwork, tmp_path: Path) -> None:
    made = layer.bundle_layer(SETTINGS, root=tmp_path)

    assert sorted(str(file.relative_to(made)) for file in made.rglob("*") if file.is_file()) == [
        "python/pydantic-2.dist-info/METADATA",
        "python/pydantic/main.py",
        "python/tzdata/zoneinfo/Europe/__init__.py",
        "python/tzdata/zoneinfo/__init__.py",
    ]


def test_a_layer_has_the_time_zones_of_its_teams_and_no_others(uv: UvWithoutNetwork, tmp_path: Path) -> None:
    without = layer.bundle_layer(SETTINGS, root=tmp_path)
    teams = tmp_path / "statemachines" / "teams.toml"
    teams.parent.mkdir()
    teams.write_text('[finance]\ntime_zone = "Europe/Berlin"\n')

    made = layer.bundle_layer(SETTINGS, root=tmp_path)

    assert made != without
    zones = made / "python/tzdata/zoneinfo"
    assert [str(file.relative_to(zones)) for file in zones.rglob("*") if file.is_file() and file.suffix != ".py"] == [
        "Europe/Berlin"
    ]


def test_the_requirements_are_pinned_with_hashes_and_leave_out_what_the_runtime_has() -> None:
    requirements = layer._requirements(ROOT)
    names = {line.split("==")[0] for line in requirements.splitlines() if "==" in line}

    assert {"pydantic", "aws-lambda-powertools"} <= names
    assert not names & set(layer._IN_THE_RUNTIME)
    assert requirements.count("--hash=sha256:") >= len(names)


def test_the_layer_of_those_that_pay_has_what_no_other_layer_has() -> None:
    names = {
        line.split("==")[0] for line in layer._requirements(ROOT, "--only-group", "stripe").splitlines() if "==" in line
    }

    assert names == {"stripe", "requests", "certifi", "charset-normalizer"}


def test_the_layer_of_documents_has_what_writes_pdf_and_reads_logos() -> None:
    requirements = layer._requirements(ROOT, "--only-group", "documents")

    assert {line.split("==")[0] for line in requirements.splitlines() if "==" in line} == {
        "defusedxml", "fonttools", "fpdf2", "pillow", "uharfbuzz",
    }  # fmt: skip


def test_the_layer_of_those_that_pay_is_another_folder(uv: UvWithoutNetwork, tmp_path: Path) -> None:
    made = layer.bundle_payment_layer(SETTINGS, root=tmp_path)

    assert made == layer.bundle_payment_layer(SETTINGS, root=tmp_path) != layer.bundle_layer(SETTINGS, root=tmp_path)
    assert not (made / "python/pydantic/tests").exists()


def test_the_layer_of_those_that_write_pdf_has_the_fonts(uv: UvWithoutNetwork, tmp_path: Path) -> None:
    (tmp_path / "lambdas/documents/fonts").mkdir(parents=True)
    (tmp_path / "lambdas/documents/fonts/Sans.ttf").write_bytes(b"glyphs")
    made = layer.bundle_document_layer(SETTINGS, root=tmp_path)

    assert (made / "python/document_fonts/Sans.ttf").read_bytes() == b"glyphs"
    assert made == layer.bundle_document_layer(SETTINGS, root=tmp_path) != layer.bundle_layer(SETTINGS, root=tmp_path)
    (tmp_path / "lambdas/documents/fonts/Sans.ttf").write_bytes(b"other glyphs")
    assert layer.bundle_document_layer(SETTINGS, root=tmp_path) != made


def test_a_failure_of_uv_is_shown_in_its_own_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def run(*_: object, **__: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(args=[], returncode=2, stdout="", stderr="error: no wheel for this platform")

    monkeypatch.setattr(subprocess, "run", run)

    with pytest.raises(RuntimeError, match="no wheel for this platform"):
        layer.bundle_layer(SETTINGS, root=tmp_path)


def test_the_layer_says_what_it_fits(prod: Synthesized) -> None:
    version = prod.properties("Dependencies")

    assert version["CompatibleRuntimes"] == ["python3.14"]
    assert version["CompatibleArchitectures"] == ["arm64"]
