"""The sandbox's payment provider: a function apart, which reaches the sandbox's own records only, and is there for it alone."""

from dataclasses import replace
from pathlib import Path

from infra.app import add_stack, new_app
from infra.settings import settings_of
from lambdas.payments.screening import PaymentLimits
from tests.infra.template import Synthesized, name_of

HANDLER = "SandboxProviderHandler"


def test_card_numbers_are_sent_to_its_function_and_to_no_other(stage: Synthesized) -> None:
    routes = stage.properties_of_type("AWS::ApiGatewayV2::Route").values()
    integrations = stage.properties_of_type("AWS::ApiGatewayV2::Integration")
    asks = {
        route["RouteKey"]: name_of(
            integrations[name_of(route["Target"]).removeprefix("integrations/")]["IntegrationUri"]
        )
        for route in routes
        if "/sandbox/" in route["RouteKey"]
    }

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
    assert statement["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["sandbox#*"]}}


def test_every_door_that_takes_payments_has_the_limits_of_its_stage(prod: Synthesized, local: Synthesized) -> None:
    for synthesized, stage in ((prod, "prod"), (local, "local")):
        for door in ("ApiHandler", "FormsHandler"):
            told = synthesized.functions[door]["Environment"]["Variables"]["PAYMENT_LIMITS"]
            assert PaymentLimits.model_validate_json(told) == settings_of(stage).payment_limits
    assert settings_of("prod").payment_limits == PaymentLimits()


def test_where_a_real_gateway_is_there_is_none(sources: Path, tmp_path: Path) -> None:
    settings = replace(settings_of("test"), gateway="another")
    (tmp_path / "layer").mkdir()
    stack = add_stack(new_app(outdir=tmp_path / "out"), settings=settings, layer=tmp_path / "layer", sources=sources)

    assert stack.node.try_find_child("SandboxProvider") is None
    assert stack.node.try_find_child("Forms") is not None
