"""JSON Schemas of requests, from their models, and of answers, from the types their views return."""

from types import NoneType, UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints, is_typeddict

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import Doc

from lambdas.api.clients import requests
from lambdas.api.coupons import requests as coupons
from lambdas.api.http.parameters import OrderRequest, Request
from lambdas.api.posts import requests as posts

Schema = dict[str, Any]
COMPONENTS = "#/components/schemas/"

# Parameters with names that cannot be listed: what stands for them in the model, and how their names look.
PATTERNS = {
    f"{requests.META}*": f"^{requests.META}[^*]",
    coupons.LOCALES: r"^description_[a-z]{2,3}(_[A-Za-z0-9]{2,8}){0,2}$",
}
# Of these parameters one is needed, which their models' validators say and no schema shows.
ONE_OF: dict[type[Request], tuple[str, ...]] = {
    OrderRequest: ("order_id", "hash"),
    requests.ClientGetRequest: ("client_id", "user_login", "email"),
    requests.ServiceListRequest: ("client_id", "order_id"),
    coupons.CouponGetRequest: ("coupon_id", "coupon_code"),
    posts.AttachmentListRequest: ("id", "attach_id", "order_id"),
}


class _Generated(GenerateJsonSchema):
    """Without a title per field, which only repeats its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


class Schemas:
    """Collects what goes into `components.schemas`."""

    def __init__(self) -> None:
        self.found: dict[str, Schema] = {}
        self._types: dict[str, object] = {}

    def of_request(self, request: type[Request]) -> Schema:
        """All parameters of a JSON body. A parameter that no JSON can carry (a file) is left out.

        Null is no value of any: it is the same as not sending it, which is how generated clients say so. Which one of several
        is needed stands in the operation's text (`needs_one_of`): as `anyOf` of the body, generators make no class of it.
        """
        schema = request.model_json_schema(ref_template=f"{COMPONENTS}{{model}}", schema_generator=_Generated)
        for name, inner in schema.pop("$defs", {}).items():
            is_map = "properties" in inner or inner.get("type") == "object"
            kept = {**_of_map_in_request(inner), "additionalProperties": False} if is_map else inner
            self._keep(name, request, kept)
        properties = {
            name: _plain(name, found, request)
            for name, found in schema.get("properties", {}).items()
            if found.get("type") != "null"
        }
        patterns = {PATTERNS[name]: _values(properties.pop(name)) for name in list(properties) if name in PATTERNS}
        if strange := [name for name in properties if not name.isidentifier()]:
            raise LookupError(f"say in PATTERNS how {strange} of {request.__name__} look")
        return {
            "type": "object",
            "properties": properties,
            **({"patternProperties": patterns} if patterns else {}),
            **({"required": schema["required"]} if "required" in schema else {}),
            "additionalProperties": False,
        }

    def of_answer(self, annotation: Any, name: str = "") -> Schema:
        """TypedDicts become components, by their names without `View`. pydantic reads them from Python 3.12 on only.

        `name`: what a map or a word is called that may be null too; generated clients call it by a number otherwise.
        """
        origin, inner = get_origin(annotation), get_args(annotation)
        if is_typeddict(annotation):
            return self._of_map(annotation)
        if origin in (Union, UnionType):
            return {"anyOf": [self._named(each, name) for each in inner]}
        if origin is list:
            return {"type": "array", "items": self.of_answer(inner[0])}
        if origin is dict:
            values = self.of_answer(inner[1])
            return {"type": "object", **({"additionalProperties": values} if values else {})}
        if annotation is NoneType:
            return {"type": "null"}
        return TypeAdapter(annotation).json_schema(mode="serialization", ref_template=f"{COMPONENTS}{{model}}")

    def _named(self, annotation: Any, name: str) -> Schema:
        schema = self.of_answer(annotation)
        if not name or not (schema.get("type") == "object" or "enum" in schema):
            return schema
        self._keep(name, annotation, schema)
        return {"$ref": f"{COMPONENTS}{name}"}

    def _of_map(self, view: type) -> Schema:
        name = view.__name__.removesuffix("View").lstrip("_")
        if name not in self.found:
            self._keep(name, view, {})
            hints = get_type_hints(view, include_extras=True)
            required = cast(frozenset[str], vars(view)["__required_keys__"])
            self.found[name] = {
                "type": "object",
                **({"description": " ".join(view.__doc__.split())} if view.__doc__ else {}),
                "properties": {key: self._of_property(hints[key], f"{name}{_in_capitals(key)}") for key in hints},
                "required": [key for key in hints if key in required],
            }
        self._keep(name, view, self.found[name])
        return {"$ref": f"{COMPONENTS}{name}"}

    def _of_property(self, annotation: Any, name: str) -> Schema:
        """With its description: `Annotated[type, Doc("...")]`."""
        if get_origin(annotation) is not Annotated:
            return self.of_answer(annotation, name)
        inner, *metadata = get_args(annotation)
        text = next((each.documentation for each in metadata if isinstance(each, Doc)), "")
        return {**self.of_answer(inner, name), **({"description": text} if text else {})}

    def _keep(self, name: str, what: object, schema: Schema) -> None:
        if self._types.setdefault(name, what) is not what and self.found[name] != schema:
            raise LookupError(f"two types are called {name}: {self._types[name]} and {what}; rename one")
        self.found[name] = schema


def _in_capitals(key: str) -> str:
    return "".join(word.capitalize() for word in key.split("_"))


def needs_one_of(request: type[Request]) -> tuple[str, ...]:
    return next((names for parent, names in ONE_OF.items() if issubclass(request, parent)), ())


def in_query(schema: Schema) -> Schema:
    """A parameter's schema beside which its description stands."""
    return {key: value for key, value in schema.items() if key != "description"}


def _plain(name: str, schema: Schema, request: type[Request]) -> Schema:
    """Without null. A filter that nothing can be meant by is refused, so it is not described."""
    plain = _without_null(schema)
    if name in request.FILTERS and name not in request.ZERO_FILTERS:
        if plain.get("type") == "integer":
            plain["minimum"] = 1
        if plain.get("type") == "string":
            plain |= {"pattern": "^[1-9][0-9]{0,17}$"} if "pattern" in plain else {"minLength": 1}
    return plain


def _without_null(schema: Schema) -> Schema:
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "default")}
    return {**(kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {}), **rest, **_default_in_words(schema)}


def _default_in_words(schema: Schema) -> Schema:
    """As `default` it would make generated clients send it, or demand it of their callers."""
    default, text = schema.get("default"), schema.get("description", "")
    if default in (None, {}, "", False) or "default" in text.lower() or not text:
        return {}
    return {"description": f"{text.rstrip('.')}. Default: {default}."}


def _of_map_in_request(schema: Schema) -> Schema:
    properties = {name: _without_null(found) for name, found in schema.get("properties", {}).items()}
    return {**schema, "properties": properties}


def _values(schema: Schema) -> Schema:
    """Of a map that stands for parameters of its own: the schema of each, with the description of all."""
    return {"description": schema.get("description", ""), **_without_null(schema["additionalProperties"])}
