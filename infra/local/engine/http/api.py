"""HTTP APIs: the event a function gets (payload format 2.0), preflight requests, and failing functions.

AWS: cookies are in `cookies`, not in `headers`. `pathParameters` is left out if the route has none. `sourceIp` is the client's,
and `domainName` the host that the client asked. An event of more than 6 MB, which Lambda refuses, is answered with 413. API
Gateway answers OPTIONS only if the API has a CORS configuration, and otherwise routes it like any method. A failed function is
answered with 500 `{"message":"Internal Server Error"}` and no details.
The engine leaves cookies in the headers, sends a null, and gives 127.0.0.1 and its own host. It refuses OPTIONS without CORS,
does not understand a CORS configuration from a template, and shows the error with 502.

Right as it is: routing, `rawPath`, `rawQueryString`, repeated parameters, and which bodies are base64 (all but
`text/*`, JSON, XML and JavaScript; so forms, too).

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

import json
from typing import Any

from ministack.core.responses import get_request_client_ip
from ministack.services import apigateway
from ministack.services.cloudformation import provisioners

from infra.local.engine.patching import rewrite

MOST_EVENT_BYTES = 6_291_456
_RUN = "    exec_record = lambda_svc._execution_record_for_config(func_data, func_config)\n"
_REFUSE_LARGE = (
    "    if _orderq_is_too_large(event):\n"
    '        return 413, {"Content-Type": "application/json"}, b\'{"message":"Request Entity Too Large"}\'\n'
)
_PROXY_RESPONSE = "    lambda_response, _ = lambda_svc.lambda_execute_result_to_api_proxy_response(result)\n"
_PROXY_RESPONSE_CORRECTED = (
    '    if result.get("error") and not result.get("throttle"):\n'
    '        return 500, {"Content-Type": "application/json"}, b\'{"message":"Internal Server Error"}\'\n'
    f"{_PROXY_RESPONSE}"
)


def apply() -> None:
    """Correct the events and answers of HTTP APIs."""
    _correct_events_and_answers()
    _correct_cors()


def _correct_events_and_answers() -> None:
    rewrite(
        apigateway,
        "_invoke_lambda_proxy",
        ('        "headers": dict(headers),\n', "        **_orderq_headers_and_cookies(headers),\n"),
        (
            '            "domainName": f"{api_id}.execute-api.{_HOST}",\n',
            "            **_orderq_domain(headers, api_id, _HOST),\n",
        ),
        (
            '                "sourceIp": "127.0.0.1",\n',
            '                "sourceIp": _orderq_client_ip(),\n',
        ),
        (
            '        "pathParameters": path_params,\n',
            '        **({"pathParameters": path_params} if path_params else {}),\n',
        ),
        (_RUN, _REFUSE_LARGE + _RUN),
        (_PROXY_RESPONSE, _PROXY_RESPONSE_CORRECTED),
        _orderq_headers_and_cookies=headers_and_cookies,
        _orderq_domain=domain,
        _orderq_client_ip=get_request_client_ip,
        _orderq_cors=cors,
        _orderq_is_too_large=is_too_large,
    )


def _correct_cors() -> None:
    rewrite(
        apigateway,
        "_handle_execute_in_scope",
        ('    if method == "OPTIONS":\n', '    if method == "OPTIONS" and cors_cfg:\n'),
    )
    for function, record, properties in (
        ("_apigw_v2_api_create", "api", "props"),
        ("_apigw_v2_api_update", "payload", "new_props"),
    ):
        assignment = f'{record}["corsConfiguration"] = '
        given = f'{properties}["CorsConfiguration"]'
        rewrite(provisioners, function, (f"{assignment}{given}", f"{assignment}_apigw_v2._orderq_cors({given})"))


def headers_and_cookies(headers: dict[str, str]) -> dict[str, Any]:
    """The event's `headers`, and `cookies` if there are any."""
    others = {name: value for name, value in headers.items() if name != "cookie"}
    if not headers.get("cookie"):
        return {"headers": others}
    cookies = [cookie.strip() for cookie in headers["cookie"].split(";")]
    return {"headers": others, "cookies": [cookie for cookie in cookies if cookie]}


def is_too_large(event: dict[str, Any]) -> bool:
    """Whether Lambda refuses the event of a call that is answered at once."""
    return len(event.get("body") or "") > MOST_EVENT_BYTES // 2 and len(json.dumps(event)) > MOST_EVENT_BYTES


def domain(headers: dict[str, str], api_id: str, engine_host: str) -> dict[str, str]:
    """The request context's `domainName` and `domainPrefix`."""
    name = headers.get("host", f"{api_id}.execute-api.{engine_host}").rsplit(":", 1)[0]
    return {"domainName": name, "domainPrefix": name.split(".")[0]}


def cors(properties: dict[str, Any]) -> dict[str, Any]:
    """A template's `CorsConfiguration` as the API's own operations spell it."""
    return {name[0].lower() + name[1:]: value for name, value in properties.items()}
