"""The sandbox's payment provider: a function apart, which reaches the sandbox's own records only, and is there for it alone."""

import json
from pathlib import Path

from infra.app import add_stack, new_app
from infra.stages.settings import settings_of
from lambdas.payments.screen import PaymentLimits
from tests.infra.filled_in import by_paypal_alone, filled_in_prod
from tests.infra.template import Synthesized, name_of

HANDLER = "SandboxProviderHandler"


def test_card_numbers_are_sent_to_its_function_and_to_no_other(stage: Synthesized) -> None:
    asks = {route: function for route, function in stage.functions_of_routes.items() if "/sandbox/" in route}

    assert asks == dict.fromkeys(
        (
            "GET /sandbox/{page}",
            "POST /sandbox/{page}",
            "GET /sandbox/challenge/{challenge}",
            "POST /sandbox/challenge/{challenge}",
        ),
        f"{HANDLER}Function",
    )


def test_it_reads_and_writes_only_what_the_sandbox_keeps(stage: Synthesized) -> None:
    (policy,) = stage.properties(f"{HANDLER}Role")["Policies"]
    on_records = [
        statement
        for statement in policy["PolicyDocument"]["Statement"]
        if "StorageRecordTable" in name_of(statement["Resource"])
    ]

    (statement,) = on_records
    assert statement["Condition"] == {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["sandbox#*"]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    }


def test_every_door_that_takes_payments_has_the_limits_of_its_stage(prod: Synthesized, local: Synthesized) -> None:
    for synthesized in (prod, local):
        for door in ("ApiHandler", "FormsHandler"):
            told = synthesized.functions[door]["Environment"]["Variables"]["PAYMENT_LIMITS"]
            assert PaymentLimits.model_validate_json(told) == synthesized.settings.payment_limits
    assert filled_in_prod().payment_limits == PaymentLimits()


def words_of(stage: Synthesized) -> str:
    """The template, but for Lambda's own name of an error."""
    return json.dumps(stage.template).replace("Sandbox.Timedout", "").lower()


def test_where_a_real_gateway_is_there_is_none(sources: Path, tmp_path: Path, prod: Synthesized) -> None:
    """Neither its function, nor a page, a role, a permission or its code."""
    arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:payments/test/paypal-AbC123"
    settings = settings_of("test").changed(
        gateway="paypal", payment_secrets={"paypal": arn}, registrar="rdap", vat_register="vies"
    )
    (tmp_path / "layer" / "python").mkdir(parents=True)
    sources = by_paypal_alone(sources, tmp_path / "sources")
    app = new_app(outdir=tmp_path / "out")
    add_stack(app, settings=settings, layer=tmp_path / "layer", document_layer=tmp_path / "layer", sources=sources)
    app.synth()
    found = Synthesized(settings=settings, outdir=tmp_path / "out", sources=sources)

    assert "sandbox" in words_of(prod)
    assert "sandbox" not in words_of(found)
    assert "FormsHandler" in found.functions
    asset = found.asset(found.functions["ApiHandler"]["Code"]["S3Key"])
    assert not (asset / "lambdas" / "sandbox_provider").exists()
