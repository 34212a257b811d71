"""What this API says of itself is what a real client was generated from (reference/ubersmith.md 7.2; 8.1, row 13).

ubersmith-api was made by asking a server for `uber.method_list` and then for `uber.method_get` of each, and taking `output`
out of every answer.
"""

from typing import Any

import pytest

from tests.flow.conftest import Shop
from tests.flow.wire.speakers import Speaker, UbersmithApiWorker, speaker_named

pytestmark = pytest.mark.engine
UNSAFE = {"attach[]", "from", "pass"}  # no names for a Python parameter: the client left them out or renamed them


@pytest.fixture(scope="module")
def schema(shop: Shop, worker: UbersmithApiWorker) -> dict[str, dict[str, Any]]:
    """What the generator would read, by method."""
    with speaker_named("ubersmith-api", shop.stack, worker) as speaker:
        titles = speaker.call("uber.method_list")
        described = {name: speaker.call("uber.method_get", method_name=name) for name in titles}
    for name, method in described.items():
        method.pop("output")
        assert (method["method"], method["title"]) == (name, titles[name])
    return described


def test_the_order_methods_of_the_generated_client_are_all_there_with_its_parameters(
    schema: dict[str, dict[str, Any]], worker: UbersmithApiWorker
) -> None:
    functions = worker.functions("order")
    assert len(functions) == 34
    assert functions.keys() <= schema.keys()
    for name, theirs in functions.items():
        ours = {each["param"]: each["required"] for each in schema[name]["params"]}
        left_out = {"activity", "progress"} if name == "order.create" else set()
        assert theirs.keys() - ours.keys() - {"from_address"} == left_out, name
        assert {param for param, required in theirs.items() if required} == {
            param for param, required in ours.items() if required
        } - UNSAFE, name


def test_every_parameter_has_what_the_generator_reads(schema: dict[str, dict[str, Any]]) -> None:
    parameters = [parameter for method in schema.values() for parameter in method["params"]]

    assert len(parameters) > 200
    for parameter in parameters:
        assert {"param", "name", "required", "default", "description"} <= parameter.keys()
        assert all(isinstance(parameter[key], str) and parameter[key] for key in ("param", "name", "description"))


def test_the_version_is_told(speaker: Speaker) -> None:
    if speaker.name == "ubersmith":
        pytest.skip("ubersmith 0.4.0 does not know the method")
    info = speaker.call("uber.system_info")

    assert info["version"] == info["latest_version"]
