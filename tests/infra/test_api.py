"""The HTTP API: its routes, its limits, and what it writes down about a call."""

import json

import pytest

from infra.api import METHODS, ROUTES
from lambdas.api.methods import every_method
from tests.infra.template import Synthesized, name_of


def test_the_routes_are_api_2_0_and_one_per_method_and_all_lead_to_one_handler(stage: Synthesized) -> None:
    routes = stage.properties_of_type("AWS::ApiGatewayV2::Route")
    (integration,) = stage.properties_of_type("AWS::ApiGatewayV2::Integration").values()

    assert sorted(route["RouteKey"] for route in routes.values()) == sorted(
        [
            "ANY /api/2.0",
            "ANY /api/2.0/{proxy+}",
            "POST /order.create",
            "POST /order.update",
            "POST /order.submit",
            "POST /order.get",
            "POST /order.list",
            "POST /order.process",
            "POST /order.cancel",
            "POST /order.restart",
            "GET /order.get",
            "GET /order.list",
            "$default",
        ]
    )
    assert len({name_of(route["Target"]) for route in routes.values()}) == 1
    assert (integration["IntegrationType"], integration["PayloadFormatVersion"]) == ("AWS_PROXY", "2.0")
    assert name_of(integration["IntegrationUri"]) == "ApiHandlerFunction"


def test_no_route_ends_in_a_slash() -> None:
    """API Gateway refuses one, so `/api/2.0/` needs a route that takes it all the same."""
    assert not [route for route in ROUTES if route.endswith("/")]
    assert "$default" in ROUTES


def test_every_method_the_handler_serves_is_posted_to_a_path_of_its_own_and_got_if_it_only_reads() -> None:
    got = {f"GET /{name}" for name, method in every_method() if method.reads}

    assert set(METHODS) == {name for name, _ in every_method()}
    assert {route for route in ROUTES if route.startswith(("GET ", "POST "))} == got | {f"POST /{m}" for m in METHODS}


@pytest.mark.parametrize(("name", "rate", "burst"), [("prod", 200, 400), ("local", 10_000, 10_000)])
def test_the_stage_is_at_the_root_and_throttled(
    request: pytest.FixtureRequest, name: str, rate: int, burst: int
) -> None:
    synthesized: Synthesized = request.getfixturevalue(name)
    (stage,) = synthesized.properties_of_type("AWS::ApiGatewayV2::Stage").values()

    assert (stage["StageName"], stage["AutoDeploy"]) == ("$default", True)
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": burst}


def test_the_access_log_says_how_a_call_went_and_nothing_of_who_or_what(stage: Synthesized) -> None:
    (settings,) = (each["AccessLogSettings"] for each in stage.properties_of_type("AWS::ApiGatewayV2::Stage").values())
    written = json.loads(settings["Format"])

    assert name_of(settings["DestinationArn"]) == "ApiAccessLog"
    assert {"requestId", "routeKey", "status", "latency", "integrationError"} <= set(written)
    for forbidden in ("path", "query", "sourceIp", "protocol", "domainName", "authorizer", "header"):
        assert not [value for value in written.values() if forbidden.lower() in value.lower()], forbidden


def test_the_handler_gives_up_before_api_gateway_does(stage: Synthesized) -> None:
    (integration,) = stage.properties_of_type("AWS::ApiGatewayV2::Integration").values()

    assert stage.functions["ApiHandler"]["Timeout"] * 1000 <= integration["TimeoutInMillis"] < 30_000


def test_the_api_knows_no_machine(stage: Synthesized) -> None:
    assert "Machine" not in json.dumps(stage.functions["ApiHandler"])
    assert "states:" not in json.dumps(stage.properties("ApiHandlerRole"))
