"""The HTTP API: its routes, its limits, and what it writes down about a call."""

import json
import re

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_apigatewayv2 as apigw

from infra.doors.api import ROUTES
from infra.doors.throttles import UnknownRouteError, throttle_routes
from infra.local.engine.iam.policy import Call, allowing
from infra.stages.limits import Throttle
from lambdas.api.table import every_method
from tests.infra.roles import ACCOUNT, REGION, written_out
from tests.infra.template import Synthesized, called_function, name_of


def functions_of_routes(stage: Synthesized) -> dict[str, str]:
    """The function behind each route."""
    assert {(each["IntegrationType"], each["PayloadFormatVersion"]) for each in stage.integrations.values()} == {
        ("AWS_PROXY", "2.0")
    }
    return stage.functions_of_routes


def test_the_api_has_a_route_per_method_and_those_of_api_2_0_and_all_that_nobody_else_takes(stage: Synthesized) -> None:
    methods = dict(every_method())
    posted = {f"POST /{name}" for name in methods}
    got = {f"GET /{name}" for name, method in methods.items() if method.reads}

    led_here = {route for route, function in functions_of_routes(stage).items() if function == "ApiHandlerFunction"}

    assert led_here == posted | got | {"ANY /api/2.0", "ANY /api/2.0/{proxy+}", "$default"}
    assert {"POST /order.create", "GET /order.get", "POST /order.get", "POST /order.cancel"} <= led_here
    assert "GET /order.create" not in led_here


def test_the_documentation_has_a_function_of_its_own(stage: Synthesized) -> None:
    led_there = {route for route, function in functions_of_routes(stage).items() if function == "DocsHandlerFunction"}

    assert led_there == {
        f"{verb} {path}" for verb in ("GET", "HEAD") for path in ("/docs", "/docs/{file}", "/openapi.json")
    }


def test_no_route_ends_in_a_slash() -> None:
    """API Gateway refuses one, so `/api/2.0/` needs a route that takes it all the same."""
    assert not [route for route in ROUTES if route.endswith("/")]
    assert "$default" in ROUTES


@pytest.mark.parametrize(("name", "rate", "burst"), [("prod", 200, 400), ("local", 10_000, 10_000)])
def test_the_stage_is_at_the_root_and_throttled(
    request: pytest.FixtureRequest, name: str, rate: int, burst: int
) -> None:
    synthesized: Synthesized = request.getfixturevalue(name)
    (stage,) = synthesized.properties_of_type("AWS::ApiGatewayV2::Stage").values()

    assert (stage["StageName"], stage["AutoDeploy"]) == ("$default", True)
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": burst}


@pytest.mark.parametrize("name", ["prod", "local"])
def test_public_routes_are_throttled_by_themselves(request: pytest.FixtureRequest, name: str) -> None:
    """Each that needs no login, and none of the API's: those have the stage's own."""
    synthesized: Synthesized = request.getfixturevalue(name)
    (stage,) = synthesized.properties_of_type("AWS::ApiGatewayV2::Stage").values()
    throttles = synthesized.settings.public_throttles
    functions = functions_of_routes(synthesized)
    public = {
        route
        for route, function in functions.items()
        if function.startswith(("Desk", "Forms", "GatewayWebhooks", "Intake", "Sandbox", "Docs", "Documents"))
    }

    assert stage["RouteSettings"].keys() == public
    for route, told in stage["RouteSettings"].items():
        links = "{token}" in route or "sign-in" in route
        by_provider = "contracts" in route or "webhooks" in route
        meant = throttles.webhooks if by_provider else throttles.links if links else throttles.pages
        assert told == {"ThrottlingRateLimit": meant.rate, "ThrottlingBurstLimit": meant.burst}


def test_a_stage_waits_for_the_routes_whose_settings_it_names(stage: Synthesized) -> None:
    """API Gateway refuses the settings of a route that is not there."""
    (logical_id,) = stage.of_type("AWS::ApiGatewayV2::Stage")
    waits_for = stage.of_type("AWS::ApiGatewayV2::Stage")[logical_id]["DependsOn"]
    routes = stage.properties_of_type("AWS::ApiGatewayV2::Route")
    keys = {routes[name]["RouteKey"] for name in map(name_of, [{"Ref": each} for each in waits_for]) if name in routes}

    assert keys == stage.properties(logical_id)["RouteSettings"].keys()


def test_settings_of_no_route_are_refused_by_name() -> None:
    stack = Stack(App(), "S")
    api = apigw.HttpApi(stack, "Api", create_default_stage=False)
    stage = apigw.CfnStage(stack, "Stage", api_id=api.api_id, stage_name="$default")

    with pytest.raises(UnknownRouteError, match=r"GET /form/\{name\}"):
        throttle_routes(stack, stage, {"GET /form/{name}": Throttle(rate=1, burst=1)})


def test_the_access_log_says_how_a_call_went_and_nothing_of_who_or_what(stage: Synthesized) -> None:
    (settings,) = (each["AccessLogSettings"] for each in stage.properties_of_type("AWS::ApiGatewayV2::Stage").values())
    written = json.loads(settings["Format"])

    assert name_of(settings["DestinationArn"]) == "ApiAccessLog"
    assert {"requestId", "routeKey", "status", "latency", "integrationError"} <= set(written)
    for forbidden in ("path", "query", "sourceIp", "protocol", "domainName", "authorizer", "header"):
        assert not [value for value in written.values() if forbidden.lower() in value.lower()], forbidden


def test_every_route_may_invoke_its_function_and_one_permission_is_enough(stage: Synthesized) -> None:
    """The source of a call is `<api>/<stage>/<METHOD><path>`, and `<api>/<stage>/$default` for `$default`."""
    api = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:ApiHttpApi"
    permissions = [
        (called_function(found["FunctionName"]), written_out(stage, found["SourceArn"]))
        for found in stage.properties_of_type("AWS::Lambda::Permission").values()
        if found["Principal"] == "apigateway.amazonaws.com"
    ]
    routes = functions_of_routes(stage)

    assert sorted(function for function, _ in permissions) == sorted(set(routes.values()))
    for route, function in routes.items():
        verb, _, path = route.partition(" ")
        called = f"{api}/$default/{'$default' if route == '$default' else verb.replace('ANY', 'PUT') + path}"
        statements = [
            {"Effect": "Allow", "Action": "*", "Resource": arn} for name, arn in permissions if name == function
        ]
        assert allowing(statements, Call("lambda:InvokeFunction", called)), route


def test_what_can_be_got_can_be_looked_at(stage: Synthesized) -> None:
    routes = functions_of_routes(stage)
    pages = [route for route, function in routes.items() if route.startswith("GET ") and "Api" not in function]

    assert {"GET /", "GET /robots.txt", "GET /forms/{name}", "GET /docs"} <= set(pages)
    for route in pages:
        if "/sandbox/" not in route:
            assert routes[route.replace("GET ", "HEAD ", 1)] == routes[route]


def test_a_handler_gives_up_before_api_gateway_does(stage: Synthesized) -> None:
    assert set(stage.integrations) >= {"ApiHandlerFunction", "FormsHandlerFunction"}
    for called, integration in stage.integrations.items():
        function = stage.functions[called.removesuffix("Function")]
        assert function["Timeout"] * 1000 <= integration["TimeoutInMillis"] < 30_000


def test_the_api_asks_how_executions_stand_and_starts_bulk_runs_only(stage: Synthesized) -> None:
    """On which machine: tests/infra/iam/test_permissions.py."""
    found = re.findall(r"states:\w+", json.dumps(stage.properties("ApiHandlerRole")))

    assert set(found) == {"states:DescribeExecution", "states:StartExecution"}
    assert found.count("states:StartExecution") == 1
