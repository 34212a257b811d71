"""The front and HTTP APIs, deployed as a template the way CDK writes them."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from infra.local.engine_process import LocalEngine
from tests.engine.cloud import ROLE, Cloud, unique

ECHO = """
import json
def handler(event, context):
    if event["rawPath"] == "/raise":
        raise ValueError("a secret")
    if event["rawPath"] == "/login":
        headers = {"WWW-Authenticate": 'Basic realm="orders"', "Content-Type": "text/plain"}
        return {"statusCode": 401, "headers": headers, "body": "who?", "cookies": ["a=1; Path=/", "b=2"]}
    if event["rawPath"] == "/binary":
        return {"statusCode": 200, "headers": {"content-type": "image/png"}, "isBase64Encoded": True, "body": "/wD+"}
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(event)}
"""
# No route key may end with a slash (AWS refuses it), so `/api/2.0/` is served by `$default`.
ROUTES = ("POST /order.create", "ANY /api/2.0", "GET /orders/{id}", "ANY /files/{proxy+}", "$default")


def template(name: str, *routes: str, permitted: str = "/*/*", **api: Any) -> dict[str, Any]:
    properties = {"Name": name, "ProtocolType": "HTTP", **api}
    resources: dict[str, Any] = {
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Role": ROLE,
                "Code": {"ZipFile": ECHO},
            },
        },
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": properties},
        "Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": {"Ref": "Api"}, "StageName": "$default", "AutoDeploy": True},
        },
        "Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": {"Fn::GetAtt": ["Function", "Arn"]},
                "Principal": "apigateway.amazonaws.com",
                "SourceArn": {
                    "Fn::Sub": "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}" + permitted,
                },
            },
        },
        "Integration": {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": {"Fn::GetAtt": ["Function", "Arn"]},
                "PayloadFormatVersion": "2.0",
            },
        },
    }
    for number, key in enumerate(routes):
        target = {"Fn::Join": ["", ["integrations/", {"Ref": "Integration"}]]}
        resources[f"Route{number}"] = {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {"ApiId": {"Ref": "Api"}, "RouteKey": key, "Target": target},
        }
    return {"Resources": resources, "Outputs": {"ApiId": {"Value": {"Ref": "Api"}}}}


def deploy(cloud: Cloud, body: dict[str, Any]) -> tuple[str, dict[str, str]]:
    stack, formation = unique("stack"), cloud.client("cloudformation")
    formation.create_stack(StackName=stack, TemplateBody=json.dumps(body))
    formation.get_waiter("stack_create_complete").wait(
        StackName=stack, WaiterConfig={"Delay": 0.05, "MaxAttempts": 200}
    )
    outputs = formation.describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
    return stack, {output["OutputKey"]: output["OutputValue"] for output in outputs}


@pytest.fixture(scope="module")
def front(cloud: Cloud) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=cloud.engine.front_url, headers={"User-Agent": "test"}) as client:
        answer = client.get("/anything")
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/json")
        assert "No HTTP API" in answer.json()["message"]
        stack, _ = deploy(cloud, template("orders", *ROUTES))
        yield client
        cloud.client("cloudformation").delete_stack(StackName=stack)


@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("POST", "/order.create", "POST /order.create"),
        ("GET", "/order.create", "$default"),
        ("GET", "/api/2.0", "ANY /api/2.0"),
        ("OPTIONS", "/api/2.0", "ANY /api/2.0"),
        ("POST", "/api/2.0/", "$default"),
        ("GET", "/files/a/b", "ANY /files/{proxy+}"),
        # A path the engine itself answers on its own port.
        ("GET", "/health", "$default"),
    ],
)
def test_most_specific_route_wins(front: httpx.Client, method: str, path: str, key: str) -> None:
    assert front.request(method, path).json()["routeKey"] == key


def test_event_is_the_one_of_aws(front: httpx.Client) -> None:
    headers = [("X-Two", "a"), ("X-Two", "b"), ("Cookie", "c=1; d=2"), ("Authorization", "Basic dTpw")]
    answer = front.get("/api/2.0/?method=order.get&id=1&id=2&text=a%20b%2Fc+d&empty=", headers=headers)
    event = answer.json()
    context = event["requestContext"]
    assert answer.headers["content-type"] == "application/json"
    assert event["version"] == "2.0"
    assert event["rawPath"] == context["http"]["path"] == "/api/2.0/"
    assert event["rawQueryString"] == "method=order.get&id=1&id=2&text=a%20b%2Fc+d&empty="
    assert event["queryStringParameters"] == {"method": "order.get", "id": "1,2", "text": "a b/c d", "empty": ""}
    assert event["headers"]["x-two"] == "a,b"
    assert event["headers"]["authorization"] == "Basic dTpw"
    assert event["headers"]["x-forwarded-for"] == context["http"]["sourceIp"] == "127.0.0.1"
    assert event["headers"]["host"] == str(front.base_url.netloc.decode())
    assert event["cookies"] == ["c=1", "d=2"]
    assert not {"cookie"} & event["headers"].keys()
    assert not {"body", "pathParameters"} & event.keys()
    assert (context["http"]["method"], context["stage"], context["domainName"]) == ("GET", "$default", "127.0.0.1")
    assert event["isBase64Encoded"] is False


def test_path_parameters_and_escapes(front: httpx.Client) -> None:
    assert front.get("/orders/17").json()["pathParameters"] == {"id": "17"}
    assert front.get("/files/a%20b/%C3%A9").json()["rawPath"] == "/files/a b/é"


def test_text_bodies_are_text_and_all_others_base64(front: httpx.Client) -> None:
    sent = front.post("/order.create", json={"é": 1}).json()
    assert (sent["isBase64Encoded"], json.loads(sent["body"])) == (False, {"é": 1})
    form = front.post("/order.create", data={"a": "b c"}).json()
    assert (form["isBase64Encoded"], base64.b64decode(form["body"])) == (True, b"a=b+c")
    binary = bytes(range(256)) * 10
    upload = front.post("/order.create", files={"contract": ("c.pdf", binary, "application/pdf")}).json()
    assert upload["isBase64Encoded"] is True
    assert binary in base64.b64decode(upload["body"])
    assert upload["headers"]["content-type"].startswith("multipart/form-data; boundary=")


def test_answers_arrive_unchanged(front: httpx.Client) -> None:
    refused = front.get("/login")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == 'Basic realm="orders"'
    assert refused.headers["content-type"] == "text/plain"
    assert refused.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2"]
    assert front.get("/binary").content == b"\xff\x00\xfe"
    head = front.head("/api/2.0")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 100


def test_failing_function_is_an_internal_server_error(front: httpx.Client) -> None:
    answer = front.get("/raise")
    assert (answer.status_code, answer.text) == (500, '{"message":"Internal Server Error"}')


def test_body_over_ten_megabytes_is_refused(front: httpx.Client) -> None:
    answer = front.post("/order.create", content=b"x" * (10 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()) == (413, {"message": "Request Entity Too Large"})


@pytest.mark.parametrize(
    ("size", "kind"), [(6_291_456, "application/json"), (5_000_000, "multipart/form-data; boundary=x")]
)
def test_a_call_that_makes_an_event_of_over_six_megabytes_is_refused(front: httpx.Client, size: int, kind: str) -> None:
    """Base64 makes a third more of what is no text."""
    answer = front.post("/order.create", content=b"x" * size, headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()) == (413, {"message": "Request Entity Too Large"})


def test_preflight_is_answered_and_unknown_routes_are_not(cloud: Cloud) -> None:
    cors = {"AllowOrigins": ["https://shop.example"], "AllowMethods": ["POST"], "AllowHeaders": ["content-type"]}
    stack, outputs = deploy(cloud, template("shop", "POST /order.create", CorsConfiguration=cors))
    url = f"{cloud.engine.endpoint_url}/_aws/execute-api/{outputs['ApiId']}/order.create"
    answer = httpx.options(url, headers={"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"})
    unknown = httpx.get(url)
    cloud.client("cloudformation").delete_stack(StackName=stack)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert (unknown.status_code, unknown.json()) == (404, {"message": "Not Found"})


def test_no_answer_allows_a_page_of_another_site_to_read_it(front: httpx.Client, cloud: Cloud) -> None:
    """As an HTTP API without a CORS configuration: OPTIONS goes to the route that takes it, or there is none."""
    page = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    routed = [front.options("/order.create", headers=page), front.post("/order.create", headers=page)]
    stack, outputs = deploy(cloud, template("shop", "POST /order.create"))
    plain = f"{cloud.engine.endpoint_url}/_aws/execute-api/{outputs['ApiId']}/order.create"
    answers = [*routed, httpx.options(plain, headers=page), httpx.post(plain, headers=page)]
    cloud.client("cloudformation").delete_stack(StackName=stack)
    assert [answer.status_code for answer in answers] == [200, 200, 404, 200]
    assert answers[0].json()["routeKey"] == "$default"
    for answer in answers:
        assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    "page", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_page_does_not_get_to_the_services(cloud: Cloud, page: dict[str, str]) -> None:
    """Where any credentials will do."""
    target = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}
    signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request"}

    assert httpx.options(cloud.engine.endpoint_url, headers=page).status_code == 403
    sent = httpx.post(cloud.engine.endpoint_url, content="{}", headers={**target, **signed, **page})
    assert (sent.status_code, "TableNames" in sent.text) == (403, False)
    program = httpx.post(cloud.engine.endpoint_url, content="{}", headers={**target, **signed})
    assert (program.status_code, "TableNames" in program.text) == (200, True)
    assert not [name for name in program.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    ("permitted", "answers"),
    [
        ("/*/*", (200, 200)),
        ("/*/*/*", (200, 500)),  # a call of `$default` has no path in its source
        ("/*/GET/orders/{id}", (200, 500)),
        ("/*/POST/*", (500, 500)),
    ],
)
def test_a_function_is_invoked_only_for_routes_that_its_policy_lets_in(
    cloud: Cloud, permitted: str, answers: tuple[int, int]
) -> None:
    stack, outputs = deploy(cloud, template("scoped", "GET /orders/{id}", "$default", permitted=permitted))
    url = f"{cloud.engine.endpoint_url}/_aws/execute-api/{outputs['ApiId']}"
    found = [httpx.get(f"{url}{path}") for path in ("/orders/1", "/anything")]
    cloud.client("cloudformation").delete_stack(StackName=stack)

    assert tuple(answer.status_code for answer in found) == answers
    assert {answer.text for answer in found if answer.status_code == 500} <= {'{"message":"Internal Server Error"}'}


def test_uncorrected_engine_differs(uncorrected: Cloud) -> None:
    engine: LocalEngine = uncorrected.engine
    deploy(uncorrected, template("orders", "ANY /api/2.0", "GET /raise"))
    event = httpx.get(f"{engine.front_url}/api/2.0", headers={"Cookie": "c=1"}).json()
    assert event["headers"]["cookie"] == "c=1"
    assert event["pathParameters"] is None
    assert httpx.options(f"{engine.front_url}/api/2.0").status_code == 403
    assert httpx.get(f"{engine.front_url}/raise").status_code == 502
    page = {"Origin": "https://evil.example"}
    assert httpx.options(engine.endpoint_url, headers=page).headers["access-control-allow-origin"] == "*"
