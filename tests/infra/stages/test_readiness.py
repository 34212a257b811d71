"""A stage that keeps its data is deployed when it says who its owner is, and not as the samples that are shipped."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.app import ROOT, add_stack, new_app
from infra.stages.owned_files import CATALOG
from infra.stages.readiness import StageNotReadyError, refuse_unready
from infra.stages.samples import is_nobody_s
from infra.stages.settings import StageSettings, read_settings, settings_of
from infra.stages.this_machine import OUTSIDE_PARTIES
from lambdas.catalog.seller import load_sellers
from tests.infra.filled_in import by_paypal_alone, filled_in_prod, shipped_prod

ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:payments/prod/stripe-AbC123"
REAL: dict[str, Any] = {"gateway": "stripe", "payment_secrets": {"stripe": ARN}, "allow_sandbox": False}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """What a repository ships of queues, forms, plans and rates, with a customer's own in their place."""
    shutil.copytree(ROOT / "statemachines", tmp_path / "statemachines")
    shutil.copytree(ROOT / "lambdas" / "catalog" / "logos", tmp_path / "lambdas" / "catalog" / "logos")
    for name in CATALOG:
        text = (ROOT / "lambdas" / "catalog" / name).read_text("utf-8").replace("sample = true\n", "")
        text = text.replace("Example Hosting", "Seaside").replace("Example Domains", "Sea Domains")
        for place in ("@example.com", "@domains.example.com", "www.example.com", "domains.example.com"):
            text = text.replace(place, place.replace("example.com", "seaside.internal"))
        (tmp_path / "lambdas" / "catalog" / name).write_text(text, "utf-8")
    teams = tmp_path / "statemachines" / "teams.toml"
    teams.write_text(teams.read_text("utf-8").replace("@example.com", "@seaside.internal"), "utf-8")
    for form in (tmp_path / "statemachines").glob("*/form.toml"):
        form.write_text(
            form.read_text("utf-8").replace("https://www.example.com", "https://www.seaside.internal"), "utf-8"
        )
    return tmp_path


def problems(settings: StageSettings, sources: Path) -> list[str]:
    try:
        refuse_unready(settings, sources)
    except StageNotReadyError as refused:
        first, *lines = str(refused).splitlines()
        assert first.startswith(
            f"stage {settings.stage} is not ready to be deployed; infra/stages/{settings.stage}.toml"
        )
        return [line.removeprefix("  - ") for line in lines]
    return []


def test_stripe_needs_the_secret_with_its_keys(shop: Path) -> None:
    settings = filled_in_prod().changed(gateway="stripe", allow_sandbox=False)
    arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:payments/prod/stripe-AbC123"

    assert names(problems(settings, shop)) == {"payment_secrets.stripe"}
    assert problems(settings.changed(payment_secrets={"stripe": arn}), shop) == []


BY_STRIPE: dict[str, Any] = {"gateway": "stripe", "allow_sandbox": False, "payment_secrets": {"stripe": ARN}}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"method_gateways": {"card": "stone"}}, "method_gateways.card"),
        ({"method_gateways": {"paypal": "stripe"}}, "method_gateways.paypal"),
        ({"brand_gateways": {2: {"paypal": "stripe"}}}, "brand_gateways.2.paypal"),
        ({"brand_gateways": {2: {"card": "sandbox"}}}, "method_gateways"),
        ({"brand_gateways": {2: {"card": "sandbox"}}, "allow_sandbox": True}, "method_gateways"),
        ({"payment_secrets": {"stripe": ARN, "stone": ARN}}, "payment_secrets.stone"),
        ({"payment_secrets": {"stripe": ARN, "sandbox": ARN}}, "payment_secrets.sandbox"),
        ({"gateway": "sandbox", "method_gateways": {"card": "stripe"}, "allow_sandbox": True}, "gateway"),
    ],
)
def test_gateways_that_contradict_each_other_are_refused(shop: Path, changes: dict[str, Any], named: str) -> None:
    settings = filled_in_prod().changed(**BY_STRIPE)
    assert problems(settings, shop) == []
    said = StageSettings.model_validate(settings.model_dump(exclude_unset=True) | changes)

    assert named in names(problems(said, shop))


def test_the_sandbox_says_which_names_are_free_only_where_play_is_meant(shop: Path) -> None:
    real = filled_in_prod().changed(**REAL)
    assert "registrar is the sandbox, which knows no real name" in "".join(
        problems(real.changed(registrar="sandbox"), shop)
    )
    assert "registrar" not in "".join(problems(real.changed(registrar="rdap"), shop))


BESIDE_STRIPE: dict[str, Any] = {"payment_secrets": {"stripe": ARN, "paypal": ARN}}


@pytest.mark.parametrize(
    ("form", "offered", "changes", "refusal"),
    [
        (
            "new_accounts/form.toml",
            '["card", "paypal"]',
            {},
            "offers paypal in `payment`, and stripe takes bank_account",
        ),
        (
            "dedicated_server/form_short.toml",
            '["paypal"]',
            {**BESIDE_STRIPE, "brand_gateways": {2: {"paypal": "paypal"}}},
            "or name a gateway that takes it in method_gateways.paypal",
        ),
        (
            "new_accounts/form.toml",
            '["card", "paypal"]',
            {**BESIDE_STRIPE, "method_gateways": {"paypal": "paypal"}},
            "",
        ),
        (
            "new_accounts/form.toml",
            '["paypal", "account"]',
            {**BESIDE_STRIPE, "brand_gateways": {1: {"paypal": "paypal"}}},
            "",
        ),
    ],
)
def test_a_way_to_pay_that_no_gateway_takes_is_offered_by_no_form(
    shop: Path, form: str, offered: str, changes: dict[str, Any], refusal: str
) -> None:
    file = shop / "statemachines" / form
    text = (file.parent / "form.toml").read_text("utf-8")
    file.write_text(re.sub(r"^payment = .*$", f"payment = {offered}", text, flags=re.MULTILINE), "utf-8")
    settings = filled_in_prod().changed(**BY_STRIPE)
    said = StageSettings.model_validate(settings.model_dump(exclude_unset=True) | changes)

    found = problems(said, shop)
    assert names(found) == ({f"statemachines/{form}"} if refusal else set())
    assert all(refusal in each for each in found)


def test_paypal_alone_takes_no_cards(shop: Path) -> None:
    alone = filled_in_prod().changed(gateway="paypal", payment_secrets={"paypal": ARN}, allow_sandbox=False)
    assert {
        f"statemachines/{queue}/form.toml" for queue in ("new_accounts", "dedicated_server", "ssl_and_domain")
    } == names(problems(alone, shop))
    assert problems(alone, by_paypal_alone(shop)) == []


def test_the_sandbox_takes_the_tax_off_only_where_play_is_meant(shop: Path) -> None:
    real = filled_in_prod().changed(**REAL)
    assert "vat_register is the sandbox, which takes the tax off for play" in "".join(
        problems(real.changed(vat_register="sandbox"), shop)
    )
    assert "vat_register" not in "".join(problems(real.changed(vat_register="vies"), shop))


def test_a_stage_that_may_be_deleted_tries_a_real_gateway_beside_the_sandbox(shop: Path) -> None:
    settings = settings_of("dev").changed(method_gateways={"card": "stripe"}, payment_secrets={"stripe": ARN})

    assert settings.gateways == ("sandbox", "stripe")
    assert not {"gateway", "method_gateways", "payment_secrets"} & names(problems(settings, shop))


def names(found: list[str]) -> set[str]:
    return {line.split(" ")[0] for line in found}


def test_prod_as_it_is_shipped_is_refused_by_the_name_of_each_setting() -> None:
    found = problems(settings_of("prod"), ROOT)

    assert names(found) == {
        "gateway",
        "company",
        "mail_from",
        "public_url",
        "currency",
        "alarm_topic",
        "contract_providers",
        "preauthorize_contracts",
        *(f"webhook_bases.{party}" for party in OUTSIDE_PARTIES),
        "lambdas/catalog/plans.toml",
        "lambdas/catalog/taxes.toml",
        "lambdas/catalog/sellers.toml",
        "lambdas/catalog/brands.toml",
        "statemachines/new_accounts/form.toml",
        "statemachines/dedicated_server/form.toml",
        "statemachines/teams.toml",
    }
    assert all(re.search(r"say |put yours|must be", line) for line in found)


def test_what_prod_asks_for_stands_in_its_file() -> None:
    asked = names(problems(settings_of("prod"), ROOT))
    settings = {name for name in asked if "/" not in name and "." not in name}

    assert settings == set(re.findall(r"^# (\w+) = ", shipped_prod(), re.MULTILINE)) - {"panel"}
    assert "# [webhook_bases]" in shipped_prod()


def test_the_app_says_so_in_plain_lines_and_makes_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=ROOT,
        env={**os.environ, "STAGE": "prod", "CDK_OUTDIR": str(tmp_path / "out")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("stage prod is not ready to be deployed")
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "out").glob("*.template.json"))


def test_play_money_is_not_taken_where_nobody_said_so(sources: Path, tmp_path: Path) -> None:
    for settings in (settings_of("dev"), settings_of("local"), filled_in_prod()):
        (refusal,) = problems(
            settings.changed(allow_sandbox=False, brand_mail_from={}, registrar="rdap", vat_register="vies"),
            _without_samples(sources, tmp_path / settings.stage),
        )
        assert refusal.startswith("gateway is the sandbox, which takes no real money")
        assert "allow_sandbox = true" in refusal


def _without_samples(sources: Path, copy: Path) -> Path:
    shutil.copytree(sources, copy)
    for file in (
        *copy.glob("statemachines/*.toml"),
        *copy.glob("statemachines/*/form.toml"),
        *copy.glob("lambdas/catalog/*.toml"),
    ):
        file.write_text("")
    return copy


def test_no_template_is_made_of_a_stage_that_is_refused(sources: Path, tmp_path: Path) -> None:
    app = new_app(outdir=tmp_path / "out")

    with pytest.raises(StageNotReadyError):
        add_stack(app, settings=settings_of("prod"), layer=tmp_path, document_layer=tmp_path, sources=sources)
    assert not app.node.children


def test_a_stage_that_is_filled_in_is_ready_and_needs_no_sandbox(shop: Path) -> None:
    assert problems(filled_in_prod().changed(**REAL), shop) == []
    assert problems(filled_in_prod(), shop) == []


def test_samples_may_stand_where_play_money_is_meant() -> None:
    assert problems(filled_in_prod(), ROOT) == []


@pytest.mark.parametrize(
    ("file", "sample"),
    [
        ("lambdas/catalog/plans.toml", 'sample = true\n[[plans]]\nplan_id = "1"'),
        ("lambdas/catalog/taxes.toml", "sample = true"),
        ("lambdas/catalog/sellers.toml", "sample = true"),
        ("lambdas/catalog/sellers.toml", '[[brands]]\nname = "Example Hosting B.V."'),
        ("lambdas/catalog/sellers.toml", '[[brands]]\nname = "Seaside"\nemail = "billing@example.com"'),
        ("statemachines/new_accounts/form.toml", '[[pages]]\n[[pages.fields]]\nurl = "https://WWW.Example.COM./terms"'),
        ("statemachines/new_accounts/form_other.toml", 'url = "http://shop.test:8080/"'),
        ("statemachines/teams.toml", '[finance]\nemails = ["finance@example.org"]'),
        ("statemachines/colocation/queue.toml", 'config = { admin_to = ["staff@example.org"] }'),
    ],
)
def test_a_sample_that_real_orders_would_meet_is_refused_by_its_file(shop: Path, file: str, sample: str) -> None:
    (shop / file).write_text(sample)
    found = problems(filled_in_prod().changed(**REAL), shop)

    assert names(found) == {file}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("company", "Example Hosting"),
        ("company", "EXAMPLE GmbH"),
        ("company", ""),
        ("mail_from", "orders@example.com"),
        ("mail_from", "orders@mail.Example.ORG"),
        ("mail_from", ""),
        ("public_url", "https://orders.example.net"),
        ("public_url", "https://localhost:8443"),
        ("public_url", "https://127.0.0.1"),
        ("public_url", "http://orders.seaside.internal"),
        (
            "webhook_bases",
            dict.fromkeys(OUTSIDE_PARTIES, "https://seaside.internal") | {"panel": "https://a.example/x"},
        ),
        ("webhook_bases", dict.fromkeys(OUTSIDE_PARTIES[:1], "http://seaside.internal")),
        ("webhook_bases", {}),
        ("webhook_hosts", ("hooks.invalid",)),
        ("webhook_hosts", ("127.0.0.1",)),
        ("log_level", "DEBUG"),
        ("log_level", "TRACE"),
        ("gateway", ""),
        ("gateway", "stripe-typo"),
    ],
)
def test_a_value_that_stands_for_nobody_is_refused_by_name(name: str, value: object) -> None:
    found = problems(filled_in_prod().changed(**{name: value}), ROOT)

    assert found
    assert all(line.startswith(name) for line in found), found


LIMITS = ("throttle_rate", "throttle_burst", "calls_per_minute", "log_level", "log_days", "point_in_time_recovery")


@pytest.mark.parametrize(
    "name",
    [
        *LIMITS,
        "currency",
        "public_url",
        "alarm_topic",
        "contract_providers",
        "preauthorize_contracts",
        "company",
        "mail_from",
    ],
)
def test_what_is_left_to_a_default_is_refused_where_data_is_kept(name: str) -> None:
    kept = filled_in_prod()
    said = {key: value for key, value in kept.model_dump(exclude_unset=True).items() if key != name}

    found = problems(StageSettings.model_validate(said), ROOT)

    assert names(found) == {name}
    assert found[0].startswith(f"{name} is missing: say ")


def test_a_stage_to_try_things_on_needs_to_say_little() -> None:
    least = 'keep_data = false\ngateway = "sandbox"\nallow_sandbox = true\n'

    assert names(problems(read_settings("dev", least), ROOT)) == {"company", "mail_from"}
    assert problems(read_settings("dev", f'{least}company = "Example"\nmail_from = "a@example.com"'), ROOT) == []


@pytest.mark.parametrize("stage", ["dev", "test", "local"])
def test_the_stages_that_may_be_thrown_away_are_ready_as_they_are_shipped(stage: str) -> None:
    assert problems(settings_of(stage), ROOT) == []


NOBODY_S = ["example.com", "a.b.example.org", "EXAMPLE.net.", "shop.example", "x.test", "localhost", "a.localhost"]
NOBODY_S += ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "0.0.0.0", "printer.local", "nobody.invalid"]  # noqa: S104
SOMEBODY_S = ["examples.com", "myexample.com", "example.com.seaside.internal", "test.de", "10.0.0.1", "contest"]


@pytest.mark.parametrize("host", NOBODY_S)
def test_hosts_that_are_reserved_are_nobody_s(host: str) -> None:
    assert is_nobody_s(host)


@pytest.mark.parametrize("host", SOMEBODY_S)
def test_hosts_that_only_look_reserved_are_somebody_s(host: str) -> None:
    assert not is_nobody_s(host)


@pytest.mark.parametrize(
    ("setting", "name"),
    [
        ({"brand_mail_from": {3: "orders@sea.internal"}}, "brand_mail_from.3"),
        ({"brand_currencies": {3: "USD"}}, "brand_currencies.3"),
        ({"brand_gateways": {3: {"card": "sandbox"}}}, "brand_gateways.3"),
        ({"billing_days": {3: {"day": 1}}}, "billing_days.3"),
    ],
)
def test_a_setting_of_a_brand_that_nobody_sells_under_is_refused(
    shop: Path, setting: dict[str, Any], name: str
) -> None:
    settings = settings_of("dev").changed(**setting)

    (found,) = (line for line in problems(settings, shop) if "is of no brand" in line)
    assert found.startswith(f"{name} is of no brand: {shop}/") or found.startswith(
        f"{name} is of no brand: lambdas/catalog/"
    )
    assert found.endswith("has 1, 2; add the brand there, or take the setting away")


def test_electronic_invoices_need_sellers_with_a_vat_number_and_amounts_of_two_digits(shop: Path) -> None:
    electronic = settings_of("dev").changed(electronic_invoices="factur-x")
    assert problems(electronic, shop) == []
    sellers = shop / "lambdas" / "catalog" / "sellers.toml"
    stated = sellers.read_text("utf-8")
    sellers.write_text(stated.replace('vat_id = "NL123456782B01"\n', "", 1), "utf-8")
    load_sellers.cache_clear()

    (found,) = problems(electronic, shop)
    assert found.endswith("vat_id of brand 1 is missing: electronic_invoices name the seller by it")
    assert problems(settings_of("dev"), shop) == [], "other stages need none"
    sellers.write_text(stated, "utf-8")
    load_sellers.cache_clear()
    (found,) = problems(electronic.changed(brand_currencies={2: "KWD"}), shop)
    assert found.startswith("brand_currencies.2 is KWD, whose amounts have 3 digits after the point")


def test_a_language_of_a_brand_must_be_one_of_the_stages(shop: Path) -> None:
    file = shop / "lambdas" / "catalog" / "brands.toml"
    file.write_text(file.read_text("utf-8").replace("brand_id = 2\n", 'brand_id = 2\nlanguage = "de"\n'), "utf-8")

    (found,) = (line for line in problems(settings_of("dev"), shop) if "language" in line)
    assert found.endswith("language of brand 2 is de, and languages offers en: add it there")
    assert problems(settings_of("dev").changed(languages=("en", "de")), shop) == []


def test_brands_that_cannot_be_shown_are_refused_where_the_stage_is_deployed(shop: Path) -> None:
    (shop / "lambdas" / "catalog" / "logos" / "example-domains.png").write_bytes(b"<svg/>")

    (found,) = problems(settings_of("dev"), shop)
    assert "brand 2: logo logos/example-domains.png is no PNG" in found
