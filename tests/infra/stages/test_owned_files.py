"""Plans, taxes, teams and queues of one's own: files beside one's stage files, with which the stage is deployed."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from infra.app import ROOT, add_stack, new_app, say_samples
from infra.operate.impact.__main__ import _show as show_impact_of
from infra.operate.impact.consequences import Failure, QueueImpact
from infra.operate.machine_diff import machine_differences
from infra.stages import new_stage
from infra.stages.owned_files import copy_samples, owned_files, shown
from infra.stages.readiness import StageNotReadyError, refuse_unready
from infra.stages.settings import read_settings, settings_of
from tests.infra.filled_in import filled_in_prod
from tests.infra.template import Synthesized

TRIAL = ["dev", "n", "Seaside Hosting", "orders@seaside.dev", "", "api", "EUR", "sandbox", "y", "none"]
PLANS = """[[plans]]
plan_id = "77"
title = "Seaside Mail"
code = "mail"
pricing = { 1 = { price = "3.00", setup = "0.00" } }
"""
TAXES = """[[brands]]
brand_id = 1
country = "PT"
taxes = [{ tax_id = "1", country = "PT", name = "IVA", rate = "23", plans = ["77"] }]
"""
SELLERS = """[[brands]]
brand_id = 1
name = "Seaside Mail Lda"
address = "Rua do Mar 1"
city = "Lisboa"
zip = "1100-001"
country = "PT"
vat_id = "PT501964843"
time_zone = "Europe/Lisbon"
"""
BRANDS = """[[brands]]
brand_id = 1
name = "Seaside Mail"
"""
ONLY_SAMPLES = (
    "queues/<a queue>/queue.toml",
    "queues/teams.toml",
    "catalog/plans.toml",
    "catalog/taxes.toml",
    "catalog/sellers.toml",
    "catalog/brands.toml",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "ours").mkdir()
    monkeypatch.setenv("STAGES", str(tmp_path / "ours"))
    return tmp_path / "ours"


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")


def sell(folder: Path) -> None:
    """A queue, a plan and a tax of one's own; the queue is not compiled yet."""
    queue = (ROOT / "statemachines/new_accounts/queue.toml").read_text("utf-8")
    write(folder, "queues/mail_accounts/queue.toml", queue.replace("order_queue_id = 1\n", "order_queue_id = 42\n", 1))
    write(folder, "queues/teams.toml", (ROOT / "statemachines/teams.toml").read_text("utf-8"))
    write(folder, "catalog/plans.toml", PLANS)
    write(folder, "catalog/taxes.toml", TAXES)
    write(folder, "catalog/sellers.toml", SELLERS)
    write(folder, "catalog/brands.toml", BRANDS)


def compiled(*words: str) -> subprocess.CompletedProcess[str]:
    """`make compile`, which reads STAGES of this test."""
    command = [sys.executable, "-m", "statemachines", *words]
    return subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)


def problems(folder: Path, *, keep_data: bool = False) -> list[str]:
    settings = filled_in_prod() if keep_data else read_settings("dev", (ROOT / "infra/stages/dev.toml").read_text())
    try:
        refuse_unready(settings, ROOT)
    except StageNotReadyError as refused:
        return [line.removeprefix("  - ") for line in str(refused).splitlines()[1:]]
    return []


def test_an_empty_folder_becomes_a_stage_that_sells_what_its_owner_sells(
    folder: Path, sources: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in [*TRIAL, "n"])))
    assert new_stage.main() == 0
    sell(folder)
    assert compiled().returncode == 0

    settings = settings_of("dev")
    app = new_app(outdir=tmp_path / "out")
    (tmp_path / "layer" / "python").mkdir(parents=True)
    add_stack(app, settings=settings, layer=tmp_path / "layer", document_layer=tmp_path / "layer", sources=sources)
    app.synth()

    made = Synthesized(settings=settings, outdir=tmp_path / "out", sources=sources)
    names = {each["StateMachineName"] for each in made.properties_of_type("AWS::StepFunctions::StateMachine").values()}
    assert names == {"dev-mail_accounts", "dev-bulk-runs"}
    asset = made.asset(made.functions["ApiHandler"]["Code"]["S3Key"])
    assert (asset / "lambdas/catalog/plans.toml").read_text() == PLANS
    assert (asset / "lambdas/catalog/taxes.toml").read_text() == TAXES
    assert (asset / "lambdas/catalog/sellers.toml").read_text() == SELLERS
    assert (asset / "lambdas/catalog/brands.toml").read_text() == BRANDS
    queues = {str(file.relative_to(asset / "statemachines")) for file in asset.glob("statemachines/*/*.toml")}
    assert queues == {"mail_accounts/queue.toml"}
    assert not (folder / ".local").exists()


def test_our_samples_are_copied_to_begin_with_and_never_over_ones_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "catalog/plans.toml", PLANS)
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in [*TRIAL, "y"])))
    assert new_stage.main() == 0

    assert (folder / "catalog/plans.toml").read_text() == PLANS
    assert owned_files("dev").missing == ()
    sample = ROOT / "statemachines/colocation/machine.asl.json"
    assert (folder / "queues/colocation/machine.asl.json").read_text() == sample.read_text()


def test_a_copied_sample_is_refused_where_real_orders_would_meet_it(folder: Path) -> None:
    copy_samples(folder)
    arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:payments/prod/paypal-AbC123"
    settings = filled_in_prod().changed(gateway="paypal", payment_secrets={"paypal": arn}, allow_sandbox=False)

    with pytest.raises(StageNotReadyError) as refused:
        refuse_unready(settings, ROOT)
    for place in (
        "catalog/plans.toml is a sample",
        "catalog/taxes.toml is a sample",
        "catalog/sellers.toml is a sample",
        "catalog/brands.toml is a sample",
        "queues/teams.toml names",
    ):
        assert f"{folder}/{place}" in str(refused.value)


def test_nothing_stands_in_for_what_is_missing_where_data_is_kept(folder: Path) -> None:
    found = [line.split(" is missing: ")[0] for line in problems(folder, keep_data=True)]
    assert found == [f"{folder}/{name}" for name in ONLY_SAMPLES]

    sell(folder)
    compiled()
    (folder / "catalog/taxes.toml").unlink()
    assert problems(folder, keep_data=True)[0].startswith(f"{folder}/catalog/taxes.toml is missing")


def test_samples_that_stand_in_are_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "catalog/plans.toml", PLANS)
    assert problems(folder) == []

    say_samples("dev")

    said = capsys.readouterr().err
    assert all(name in said for name in ONLY_SAMPLES if name != "catalog/plans.toml")
    assert "catalog/plans.toml" not in said


def test_a_machine_that_is_not_its_queue_s_is_refused(folder: Path) -> None:
    sell(folder)
    machine = folder / "queues/mail_accounts/machine.asl.json"
    assert problems(folder) == [f"{machine} is missing: run `make compile STAGES={folder}`"]
    assert compiled("--check").returncode == 1

    assert compiled().returncode == 0
    assert problems(folder) == []
    assert compiled("--check").returncode == 0

    machine.write_text(machine.read_text().replace('"TimeoutSeconds": 60', '"TimeoutSeconds": 61'))
    assert problems(folder) == [f"{machine} is not what its queue compiles to: run `make compile STAGES={folder}`"]
    again = compiled("--check")
    assert (again.returncode, again.stderr.count(str(machine))) == (1, 1)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("catalog/plan.toml", PLANS, "catalog/plan.toml is read by nobody; plans.toml was meant?"),
        ("queues/empty/note.txt", "", "queues/empty has no queue.toml"),
        ("queues/My Queue/queue.toml", "order_queue_id = 9", "queues/My Queue: name it with 1 to 40 small letters"),
        ("queues/broken/queue.toml", "order_queue_id = ", "queues/broken/queue.toml is not TOML"),
        ("queues/broken/queue.toml", "order_queue_id = 7", "broken/queue.toml:"),
        ("catalog/taxes.toml", "brands", "catalog/taxes.toml is not TOML"),
    ],
)
def test_a_file_that_would_be_read_by_nobody_is_refused(folder: Path, name: str, text: str, said: str) -> None:
    write(folder, name, text)
    assert said in "\n".join(problems(folder))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("catalog/plans.toml", "plans = ", "is not TOML"),
        ("catalog/plans.toml", "", "has no [[plans]]"),
        ("catalog/plans.toml", PLANS + PLANS, "a plan_id is used more than once"),
        ("catalog/plans.toml", PLANS.replace("3.00", "free"), "plans"),
        ("catalog/taxes.toml", TAXES.replace("brand_id = 1", "brand_id = 2"), "brand 1 of queue mail_accounts is"),
        ("catalog/taxes.toml", TAXES.replace('"77"', '"78"'), "tax 1 counts for plan 78, which does not exist"),
        ("catalog/taxes.toml", TAXES.replace('"23"', '"a lot"'), "brands.0.taxes.0.rate"),
        ("catalog/sellers.toml", "", "brand 1 of queue mail_accounts has no seller"),
        ("catalog/brands.toml", "", "brand 1 of queue mail_accounts is missing: add it with the name that buyers know"),
        (
            "catalog/brands.toml",
            BRANDS + 'accent = "#ffcc00"\n',
            "brand 1: accent #ffcc00 gives text on #ffffff a contrast of",
        ),
        (
            "catalog/brands.toml",
            BRANDS + 'logo = "sea.svg"\n',
            "brand 1: logo logos/sea.svg is not there: put it beside brands.toml",
        ),
        (
            "catalog/brands.toml",
            BRANDS + 'language = "fr"\n',
            "names the language fr, which has no complete translation",
        ),
        ("catalog/sellers.toml", SELLERS.replace('"PT"', '"PX"'), "country of brand 1 must be a country"),
        ("catalog/sellers.toml", SELLERS.replace("501964843", "501964842"), "vat_id of brand 1 is no VAT number"),
        (
            "catalog/sellers.toml",
            SELLERS.replace("Europe/Lisbon", "Europe/Lisboa"),
            "time_zone of brand 1 is Europe/Lisboa",
        ),
        ("queues/teams.toml", "finance = 1", "queues/teams.toml"),
        ("queues/other/queue.toml", "order_queue_id = 1\n", "queues/other/queue.toml"),
    ],
)
def test_what_cannot_be_sold_is_refused_when_it_is_compiled(folder: Path, name: str, text: str, said: str) -> None:
    sell(folder)
    write(folder, name, text)
    done = compiled()

    assert done.returncode == 1
    assert f"{folder}" in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "queues/mail_accounts/machine.asl.json").exists()


def test_this_machine_s_stage_always_has_our_samples(folder: Path) -> None:
    sell(folder)
    assert owned_files("local").queues == ROOT / "statemachines"
    assert owned_files("local").folder is None


def test_commands_name_the_owners_queues_where_they_are(folder: Path) -> None:
    """What a deploy means and how a machine differs, too; ours are named as the repository has them."""
    fix = "put it back into statemachines/mail_accounts/queue.toml, or put statemachines/mail_accounts back"
    assert owned_files("dev").in_place(fix) == fix
    sell(folder)

    named = owned_files("dev").in_place(fix)
    assert named == fix.replace("statemachines/", f"{folder}/queues/")
    failure = Failure(what="action 1 is gone", order_ids=("1001",), fix=fix)
    impact = QueueImpact(folder="mail_accounts", changes=("removed",), running=1, unwinding=0, failures=(failure,))
    console = Console(file=io.StringIO(), width=300)
    show_impact_of(console, impact, owned_files("dev"))
    assert f"fix: {named}" in console.file.getvalue()  # type: ignore[attr-defined]
    lines = machine_differences({"mail_accounts": "{}"}, {}, shown(owned_files("dev").queues))
    assert any(f"{folder}/queues/mail_accounts/machine.asl.json" in line for line in lines)
