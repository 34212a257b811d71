"""Six stages that differ as customers' do: each is synthesized, and neither cfn-lint nor cdk-nag has anything to say of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint_file
from cfnlint.config import ManualArgs

from infra.stages.owned_files import copy_samples
from infra.stages.settings import settings_of
from tests.infra.conftest import synthesize
from tests.infra.filled_in import FILLED_IN, shipped_prod
from tests.infra.template import Synthesized
from tests.infra.test_app import WRITTEN_BY_CDK

_TRIAL = """
keep_data = false
point_in_time_recovery = true
gateway = "sandbox"
allow_sandbox = true
company = "Seaside Hosting"
mail_from = "orders@seaside.internal"
"""
_DOMAIN = """
domain = "orders.seaside.com"
certificate = "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b"
hosted_zone = "Z0123456789"
"""
_FRONT = """
[front]
certificate = "arn:aws:acm:us-east-1:111122223333:certificate/0a1c"
managed_rules = "block"
"""
STAGES = {
    "one": _TRIAL + _DOMAIN,
    "two": _TRIAL + 'door_shift = "linear"\n' + _DOMAIN + _FRONT,
    "no-domain": _TRIAL + 'public_url = "https://shop.seaside.com"\nmachine = "x86_64"\n',
    "sandbox": _TRIAL,
    "compliance": _DOMAIN
    + shipped_prod().replace('mode = "governance"', 'mode = "compliance"')
    + FILLED_IN.replace(
        'public_url = "https://orders.seaside.internal"', 'public_url = "api"\npermissions_boundary = "Edge"'
    )
    + _FRONT,
    "tiny": _TRIAL + "contract_providers = []\nthrottle_rate = 1\nthrottle_burst = 1\nlog_days = 1\n",
}


QUICK = ("two", "compliance")  # they have most; the others take minutes together


@pytest.fixture(
    scope="module", params=[pytest.param(name, marks=[] if name in QUICK else [pytest.mark.slow]) for name in STAGES]
)
def built(
    request: pytest.FixtureRequest, sources: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Synthesized]:
    """From a folder of the owner's, with copies of our samples."""
    owned, stage = tmp_path_factory.mktemp("owned"), request.param
    (owned / f"{stage}.toml").write_text(STAGES[stage])
    copy_samples(owned)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("STAGES", str(owned))
        yield synthesize(settings_of(stage), sources=sources, into=tmp_path_factory.mktemp(stage))


def templates(built: Synthesized) -> dict[str, dict[str, Any]]:
    """By the stack's name without the stage's."""
    prefix = f"OrderQueues-{built.settings.stage}"
    files = built.outdir.glob("*.template.json")
    return {
        file.name.removesuffix(".template.json").removeprefix(prefix): json.loads(file.read_text()) for file in files
    }


def test_no_rule_finds_anything_and_the_front_is_where_it_is_asked_for(built: Synthesized) -> None:
    found = templates(built)
    report = json.loads((built.outdir / "validation-report.json").read_text())
    (nag,) = (each for each in report["pluginReports"] if each["pluginName"] == "AwsSolutions")

    assert (nag["conclusion"], nag["violations"]) == ("success", [])
    assert set(found) == {"", "-Operations", *(("-Firewall", "-Front") if built.settings.front else ())}
    for file in built.outdir.glob("*.template.json"):
        assert [str(match) for match in lint_file(file, config=ManualArgs(ignore_checks=WRITTEN_BY_CDK))] == []
    _judge_addresses(built, found)
    _judge_anchors(built, found[""])
    if built.settings.front:
        _judge_front(built, found)


def of_type(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == kind]


def _judge_addresses(built: Synthesized, found: dict[str, dict[str, Any]]) -> None:
    """With a domain, API Gateway's own address is closed and nobody is told of it."""
    product, settings = found[""], built.settings
    (api,) = of_type(product, "AWS::ApiGatewayV2::Api")
    names = [each["DomainName"] for each in of_type(product, "AWS::ApiGatewayV2::DomainName")]
    records = {kind: len(of_type(found[kind], "AWS::Route53::RecordSet")) for kind in found}

    assert api.get("DisableExecuteApiEndpoint", False) is bool(settings.domain)
    assert names == ([settings.domain] if settings.domain else [])
    assert sum(records.values()) == (2 if settings.hosted_zone else 0)
    assert records["-Front" if settings.front else ""] == sum(records.values())
    if settings.domain:
        assert product["Outputs"]["ApiUrl"]["Value"] == f"https://{settings.domain}"
        assert "execute-api" not in json.dumps(
            [each["Environment"] for each in of_type(product, "AWS::Lambda::Function")]
        )


def _judge_anchors(built: Synthesized, product: dict[str, Any]) -> None:
    """A stage that does not ask for anchors of history has none of them."""
    asked = built.settings.history_anchors is not None
    functions = of_type(product, "AWS::Lambda::Function")
    anchored = {each["Handler"] for each in functions if "HISTORY_ANCHORED" in each["Environment"]["Variables"]}

    assert bool([name for name in product["Resources"] if name.startswith("Anchors")]) is asked
    assert bool(anchored) is asked


def _judge_front(built: Synthesized, found: dict[str, dict[str, Any]]) -> None:
    """Every door asks for the proof, only CloudFront has it, and the firewall stands before all of it."""
    functions = of_type(found[""], "AWS::Lambda::Function")
    guarded = {each["Handler"] for each in functions if "FRONT_SECRET" in each["Environment"]["Variables"]}
    (distribution,) = (each["DistributionConfig"] for each in of_type(found["-Front"], "AWS::CloudFront::Distribution"))
    (proof,) = distribution["Origins"][0]["OriginCustomHeaders"]
    (firewall,) = of_type(found["-Firewall"], "AWS::WAFv2::WebACL")
    artifact = built.manifest["artifacts"][f"OrderQueues-{built.settings.stage}-Firewall"]

    assert guarded == {
        "lambdas.api.handler.handler",
        "lambdas.desk.handler.handler",
        "lambdas.forms.handler.handler",
        "lambdas.documents.handler.handler",
        "lambdas.intake.webhook.handler",
    }
    assert proof["HeaderName"] == "x-order-queues-front"
    assert "resolve:secretsmanager" in json.dumps(proof["HeaderValue"])
    assert distribution["WebACLId"]["Fn::GetStackOutput"]["Region"] == "us-east-1"
    assert artifact["environment"].endswith("/us-east-1")
    assert firewall["Scope"] == "CLOUDFRONT"
    assert {next(iter(each["OverrideAction"])) for each in firewall["Rules"][1:]} == {"None"}
