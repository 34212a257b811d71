"""A stage that pays by Stripe: who has the SDK, who may read the key, and nobody else."""

import json
import re
from pathlib import Path

import pytest

from infra.actions import ACTIONS
from infra.app import ROOT
from infra.permissions.deploy_role import boundary_of
from infra.stages.settings import settings_of
from lambdas.payments.gateways import PAYPAL, STRIPE
from lambdas.payments.several.choice import choice_of
from lambdas.records.clients.payment_method import MethodKind
from lambdas.runtime.settings import TableSettings
from tests.infra.conftest import synthesize
from tests.infra.filled_in import by_paypal_alone, filled_in_prod
from tests.infra.functions.test_record_keys import may
from tests.infra.template import Synthesized, name_of

ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:payments/prod/stripe-AbC123"
PAYS = {
    "ActionsAddServicesFunction",
    "ActionsGenerateInvoiceFunction",
    "ActionsReversePaymentFunction",
    "ApiHandlerFunction",
    "BulkWorkerFunction",
    "DeskHandlerFunction",
    "FormsHandlerFunction",
    "GatewayWebhooksWorkerFunction",
    "IntakeWorkerFunction",
    "RunbooksHandlerFunction",
    "WatchCheckFunction",
    "WatchHoldsFunction",
}


@pytest.fixture(scope="module")
def paying(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    settings = filled_in_prod().changed(gateway=STRIPE, payment_secrets={STRIPE: ARN}, stripe_extended_holds=True)
    return synthesize(settings, sources=sources, into=tmp_path_factory.mktemp("paying"))


def functions(stage: Synthesized) -> dict[str, dict[str, object]]:
    return {
        name: each["Properties"]
        for name, each in stage.resources.items()
        if each["Type"] == "AWS::Lambda::Function" and "Handler" in each["Properties"]
    }


def test_functions_that_pay_have_the_sdk_and_know_the_secret_and_no_others(paying: Synthesized) -> None:
    found = functions(paying)
    layered = {name for name, each in found.items() if "Payments" in map(name_of, each["Layers"])}  # type: ignore[call-overload]
    knows = {name for name, each in found.items() if "PAYMENT_SECRETS" in json.dumps(each["Environment"])}

    assert layered == knows == PAYS
    for name in PAYS:
        variables = found[name]["Environment"]["Variables"]  # type: ignore[index]
        assert (variables["GATEWAY"], json.loads(variables["PAYMENT_SECRETS"])) == (STRIPE, {STRIPE: ARN})
        assert variables["STRIPE_EXTENDED_HOLDS"] == "true"


def test_exactly_this_secret_may_be_read_by_exactly_those_that_pay(paying: Synthesized) -> None:
    readers = {}
    for name, each in paying.resources.items():
        if each["Type"] == "AWS::IAM::Role":
            for policy in each["Properties"].get("Policies", ()):
                for statement in policy["PolicyDocument"]["Statement"]:
                    if ARN in json.dumps(statement):
                        readers[name] = statement
    assert set(readers) == {name.removesuffix("Function") + "Role" for name in PAYS}
    assert {json.dumps(each, sort_keys=True) for each in readers.values()} == {
        json.dumps({"Action": "secretsmanager:GetSecretValue", "Effect": "Allow", "Resource": ARN}, sort_keys=True)
    }


def test_a_stage_that_plays_has_neither(stage: Synthesized) -> None:
    assert "Payments" not in stage.resources
    assert "PAYMENT_SECRETS" not in json.dumps(stage.template)


def test_an_action_has_the_key_if_and_only_if_it_asks_the_provider() -> None:
    asks = re.compile(r"tools\.gateway|_frame\.(reversal|capture)\b")
    found = {module for module in ACTIONS if asks.search((ROOT / f"lambdas/actions/{module}.py").read_text("utf-8"))}
    assert {module for module, needs in ACTIONS.items() if needs.pays} == found


def test_a_paying_stage_has_a_price_and_a_boundary_that_lets_its_key_be_read() -> None:
    settings = settings_of("dev").changed(gateway=STRIPE, payment_secrets={STRIPE: ARN})
    (statement,) = boundary_of(settings)["Statement"]

    assert "secretsmanager:GetSecretValue" in statement["Action"]


def test_a_stage_with_several_gateways_names_them_to_each_function_and_has_signing_keys_of_each(
    sources: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = settings_of("dev").changed(
        method_gateways={"card": STRIPE}, brand_gateways={2: {"card": "sandbox"}}, payment_secrets={STRIPE: ARN}
    )
    found = synthesize(settings, sources=sources, into=tmp_path_factory.mktemp("several"))
    asking = {
        name: each["Environment"]["Variables"]  # type: ignore[index]
        for name, each in functions(found).items()
        if "GATEWAY" in json.dumps(each["Environment"])
    }
    others = {json.dumps(json.loads(each["OTHER_GATEWAYS"])) for each in asking.values() if "GATEWAY" in each}
    chosen = choice_of(
        TableSettings(order_table="", record_table="", gateway="sandbox", currency="", other_gateways=others.pop())
    )

    assert others == set()
    assert chosen == settings.gateway_choice
    assert [chosen.begun_at(brand, MethodKind.CARD) for brand in (1, 2)] == [STRIPE, "sandbox"]
    door = asking["GatewayWebhooksDoorFunction"]["GATEWAY_WEBHOOK_SECRETS"]
    assert "SigningKeysStripe" in json.dumps(door)
    assert {"GatewayWebhookSecret", "GatewayWebhookSecretStripe"} <= set(found.template["Outputs"])
    for gateway in ("sandbox", "stripe"):
        assert may(found, "FormsHandlerRole", "PutItem", f"{gateway}#1")


def test_a_stage_that_pays_by_paypal_alone_has_its_key_and_intent_and_no_layer(
    sources: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = settings_of("dev").changed(gateway=PAYPAL, payment_secrets={PAYPAL: ARN}, paypal_intent="capture")
    forms = by_paypal_alone(sources, tmp_path_factory.mktemp("forms") / "sources")
    found = synthesize(settings, sources=forms, into=tmp_path_factory.mktemp("paypal"))
    known = {
        name: each["Environment"]["Variables"]  # type: ignore[index]
        for name, each in functions(found).items()
        if "PAYMENT_SECRETS" in json.dumps(each["Environment"])
    }

    assert known.keys() == PAYS
    assert {(each["PAYPAL_INTENT"], each["PAYMENT_SECRETS"]) for each in known.values()} == {
        ("CAPTURE", json.dumps({PAYPAL: ARN}))
    }
    assert "Payments" not in found.resources
    assert "PAYPAL_INTENT" not in json.dumps(found.properties("GatewayWebhooksDoorFunction"))
