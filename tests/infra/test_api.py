"""The HTTP API: its routes, its limits, and what it writes down about a call."""

import json

import pytest

from infra.api import METHODS, ROUTES
from lambdas.api.methods import every_method
from tests.infra.template import Synthesized, name_of


def test_the_routes_of_the_api_are_api_2_0_and_one_per_method_and_all_lead_to_one_handler(stage: Synthesized) -> None:
    routes = stage.properties_of_type("AWS::ApiGatewayV2::Route")
    of_api = [route for route in routes.values() if name_of(route["Target"]).startswith("integrations/ApiRoute")]
    integration = stage.properties(name_of(of_api[0]["Target"]).removeprefix("integrations/"))

    assert sorted(route["RouteKey"] for route in of_api) == sorted(
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
            "POST /order.queue_list",
            "POST /order.queue_get",
            "POST /order.queue_step_list",
            "POST /order.queue_step_get",
            "POST /order.queue_action_list",
            "POST /order.queue_action_get",
            "POST /order.module_list",
            "POST /order.module_get",
            "POST /order.queue_add",
            "POST /order.queue_update",
            "POST /order.queue_step_add",
            "POST /order.queue_step_update",
            "POST /order.queue_step_delete",
            "POST /order.queue_action_add",
            "POST /order.queue_action_update",
            "POST /order.queue_action_delete",
            "POST /order.coupon_get",
            "POST /order.coupon_list",
            "POST /order.coupon_add",
            "POST /order.coupon_update",
            "POST /order.coupon_client_add",
            "POST /order.coupon_client_delete",
            "POST /order.respond",
            "POST /order.client_respond",
            "POST /order.post_list",
            "POST /uber.attachment_list",
            "POST /uber.attachment_get",
            "GET /order.get",
            "GET /order.list",
            "GET /order.queue_list",
            "GET /order.queue_get",
            "GET /order.queue_step_list",
            "GET /order.queue_step_get",
            "GET /order.queue_action_list",
            "GET /order.queue_action_get",
            "GET /order.module_list",
            "GET /order.module_get",
            "GET /order.coupon_get",
            "GET /order.coupon_list",
            "GET /order.post_list",
            "GET /uber.attachment_list",
            "GET /uber.attachment_get",
            "POST /client.add",
            "POST /client.get",
            "POST /client.cc_add",
            "POST /client.ach_add",
            "POST /client.payment_method_list",
            "POST /client.service_list",
            "POST /client.invoice_list",
            "POST /client.invoice_get",
            "POST /client.invoice_generate",
            "POST /client.invoice_charge",
            "POST /uber.method_list",
            "POST /uber.method_get",
            "POST /uber.system_info",
            "POST /uber.check_login",
            "POST /uber.service_plan_get",
            "POST /uber.service_plan_list",
            "POST /order.link_create",
            "POST /order.link_revoke",
            "POST /order.threedsecure2_payment",
            "POST /order.threedsecure2_process",
            "GET /client.get",
            "GET /client.payment_method_list",
            "GET /client.service_list",
            "GET /client.invoice_list",
            "GET /client.invoice_get",
            "GET /uber.method_list",
            "GET /uber.method_get",
            "GET /uber.system_info",
            "GET /uber.service_plan_get",
            "GET /uber.service_plan_list",
            "$default",
        ]
    )
    assert len({name_of(route["Target"]) for route in of_api}) == 1
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


def test_a_handler_gives_up_before_api_gateway_does(stage: Synthesized) -> None:
    integrations = stage.properties_of_type("AWS::ApiGatewayV2::Integration").values()

    assert {name_of(each["IntegrationUri"]) for each in integrations} >= {"ApiHandlerFunction", "FormsHandlerFunction"}
    for each in integrations:
        function = stage.functions[name_of(each["IntegrationUri"]).removesuffix("Function")]
        assert function["Timeout"] * 1000 <= each["TimeoutInMillis"] < 30_000


def test_the_api_knows_no_machine(stage: Synthesized) -> None:
    assert "Machine" not in json.dumps(stage.functions["ApiHandler"])
    assert "states:" not in json.dumps(stage.properties("ApiHandlerRole"))
