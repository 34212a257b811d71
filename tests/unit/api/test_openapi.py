"""The OpenAPI document: that it is one, that it is checked in as it is, and that its examples are what it says."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from jsonschema_rs import Draft202012Validator

from infra.generate.openapi.__main__ import FILE, main
from infra.generate.openapi.document import document, written
from infra.generate.openapi.operations import FILES
from lambdas.api.table import GROUPS, every_method, subject_of

DOCUMENT = document()
METHODS = dict(every_method())


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        for verb in item.keys() & {"get", "post"}:
            yield path, verb, item[verb]


def test_what_is_checked_in_is_what_the_methods_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert FILE.read_text("utf-8") == written(document()), "run `make openapi`"
    assert main(["--check"]) == 0
    assert capsys.readouterr().err == ""


def test_a_document_that_is_out_of_date_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "openapi.json"
    monkeypatch.setattr("infra.generate.openapi.__main__.FILE", old)

    assert main(["--check"]) == 1
    old.write_text(FILE.read_text("utf-8").replace("Create an order", "Make an order"), "utf-8")
    assert main(["--check"]) == 1
    assert "make openapi" in capsys.readouterr().err
    assert main([]) == main(["--check"]) == 0


def test_it_is_openapi_3_1() -> None:
    """Held against the schema that the OpenAPI Initiative publishes, which comes with schemathesis."""
    schemathesis.openapi.from_dict(DOCUMENT).validate()

    assert DOCUMENT["openapi"].startswith("3.1.")


def test_every_method_has_a_path_and_only_what_reads_may_be_got() -> None:
    paths = {path.removeprefix("/"): set(item) for path, item in DOCUMENT["paths"].items() if path != "/api/2.0"}

    assert paths == {name: {"get", "post"} if method.reads else {"post"} for name, method in METHODS.items()}


def test_every_operation_has_an_id_of_its_own_and_a_tag_that_is_described() -> None:
    ids = [operation["operationId"] for _, _, operation in operations()]
    tags = {tag["name"]: tag["description"] for tag in DOCUMENT["tags"]}

    assert len(ids) == len(set(ids))
    assert (
        {tag for _, _, operation in operations() for tag in operation["tags"]}
        == set(tags)
        == {*map(subject_of, GROUPS), "api_2_0"}
    )
    assert all(tags.values())


@pytest.mark.parametrize("name", METHODS)
def test_the_example_is_what_the_schema_says_and_what_the_model_takes(name: str) -> None:
    operation = DOCUMENT["paths"][f"/{name}"]["post"]
    content = operation["requestBody"]["content"]["application/json"]
    validator = Draft202012Validator({**content["schema"], "components": DOCUMENT["components"]})

    assert [each.message for each in validator.iter_errors(content.get("example", {}))] == []
    METHODS[name].request.model_validate(content.get("example", {}))
    assert not validator.is_valid({"no_such_parameter": 1})


@pytest.mark.parametrize("name", METHODS)
def test_every_parameter_is_there_and_described(name: str) -> None:
    item = DOCUMENT["paths"][f"/{name}"]
    schema = item["post"]["requestBody"]["content"]["application/json"]["schema"]
    documented = schema["properties"].keys() | ({"*"} if "patternProperties" in schema else set())
    fields = METHODS[name].request.model_fields.items()
    expected = {field.alias or key for key, field in fields if key not in FILES}

    assert documented == {"*" if not param.isidentifier() else param for param in expected}
    assert all(each["description"] for each in schema["properties"].values())
    if METHODS[name].reads:
        assert {each["name"] for each in item["get"]["parameters"]} == schema["properties"].keys()


def undescribed(schema: Any, place: str) -> Iterator[str]:
    """Properties without a description, at any depth, also of the components that it refers to."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        place = schema["$ref"].rpartition("/")[2]
        schema = DOCUMENT["components"]["schemas"][place]
    properties: dict[str, Any] = schema.get("properties", {})
    yield from (f"{place}.{key}" for key, each in properties.items() if not each.get("description", "").strip())
    inner = [(each, f"{place}.{key}") for key, each in properties.items()]
    inner += [(each, place) for each in schema.get("patternProperties", {}).values()]
    inner += [(schema.get(key), place) for key in ("items", "additionalProperties")]
    inner += [(each, place) for key in ("anyOf", "allOf", "oneOf") for each in schema.get(key, [])]
    for each, where in inner:
        yield from undescribed(each, where)


def test_every_property_of_a_request_is_described() -> None:
    bodies = [
        (path, body["schema"])
        for path, _, operation in operations()
        for body in operation.get("requestBody", {}).get("content", {}).values()
    ]
    queries = [each for _, _, operation in operations() for each in operation.get("parameters", [])]

    assert [found for path, schema in bodies for found in undescribed(schema, path)] == []
    assert [each["name"] for each in queries if "$ref" not in each and not each.get("description")] == []
    assert all(each["description"] for each in DOCUMENT["components"]["parameters"].values())


def test_every_property_of_an_answer_is_described() -> None:
    answers = [
        (path, content["schema"])
        for path, _, operation in operations()
        for answer in operation["responses"].values()
        for content in answer.get("content", {}).values()
    ]

    assert len(answers) > len(METHODS)
    assert [found for path, schema in answers for found in undescribed(schema, path)] == []


def test_every_property_of_a_refusal_is_described() -> None:
    schemas = DOCUMENT["components"]["schemas"]

    assert [
        found for name in ("Problem", "GatewayRefusal", "Envelope") for found in undescribed(schemas[name], name)
    ] == []


def test_no_type_is_left_open_by_accident() -> None:
    """Maps of anything are `info`, `result` and their like, which say so; everything else has a type."""
    free = {"info", "result", "config", "config_schema", "options", "default"}
    schemas = DOCUMENT["components"]["schemas"]

    assert {
        f"{view}.{key}"
        for view, schema in schemas.items()
        for key, each in schema.get("properties", {}).items()
        if key not in free | {"data"} and not each.keys() & {"type", "$ref", "anyOf", "enum", "const"}
    } == set()


def test_flags_amounts_and_numbers_are_documented_as_callers_write_them() -> None:
    schema = DOCUMENT["paths"]["/order.create"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator(schema)

    def fits(**parameters: Any) -> bool:
        return validator.is_valid({"order_queue_id": 1, **parameters})

    assert all(
        fits(total=amount) for amount in ("19.95", "20", "3.125")
    )  # which digits, only the brand's currency tells
    assert not any(fits(total=amount) for amount in ("19.95555", "-1", -1, "much"))
    assert fits(client_id="101")
    assert not any(fits(client_id=client) for client in ("x", -1, None))
    assert all(fits(add_default_pack_upgrades=flag) for flag in (True, False))
    assert not fits(add_default_pack_upgrades="sometimes")


def test_it_is_written_the_same_each_time() -> None:
    assert written(document()) == written(json.loads(written(document())))
