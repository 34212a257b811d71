"""Calls of the client ubersmith-api, in the environment that has it: a call a line in, what the client made of it a line out.

Run by speakers.py. The package has the name of another client's, so nothing here is imported by tests.
"""

import importlib
import inspect
import json
import sys
from typing import Any

VERSION = "5.1.3-rc2"


def connect(host: str, port: int, user: str, token: str) -> Any:
    """The client with all its sections. Settings come from here alone, whatever the environment says."""
    versions = importlib.import_module("ubersmith.versions")
    config = versions.UbersmithConfig(
        _env_file=None, host=host, port=port, secure=False, username=user, password=token, api_timeout=60
    )
    return versions.get_client(version=VERSION, config=config)


def call(client: Any, method: str, parameters: dict[str, Any]) -> Any:
    """By the client's own function for the method; by its general one where it has none that takes these parameters."""
    section, _, name = method.partition(".")
    function = getattr(getattr(client, section, None), name, None)
    if function is None or parameters.keys() - inspect.signature(function).parameters.keys():
        return client.request(method, data=parameters)
    try:
        inspect.signature(function).bind(**parameters)
    except TypeError:  # without what the client itself would insist on
        return client.request(method, data=parameters)
    return function(**parameters)


def functions(client: Any, section: str) -> dict[str, dict[str, bool]]:
    """The parameters of all functions of a section, and whether the client insists on them."""
    members = inspect.getmembers(getattr(client, section), inspect.ismethod)
    return {
        f"{section}.{name}": {
            parameter.name: parameter.default is inspect.Parameter.empty
            for parameter in inspect.signature(function).parameters.values()
        }
        for name, function in members
        if not name.startswith("_")
    }


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """`data`, or `code` and `message` of a refusal, or the HTTP status that the client stumbled over."""
    requests = importlib.import_module("requests")
    refusal = importlib.import_module("ubersmith.util.exceptions").UbersmithException
    client = connect(**asked["server"])
    try:
        if "section" in asked:
            return {"data": functions(client, asked["section"])}
        return {"data": call(client, asked["method"], asked["parameters"])}
    except refusal as refused:
        return {"code": refused.error_code, "message": refused.error_message}
    except requests.HTTPError as error:
        return {"http": error.response.status_code}


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()
