"""The body of a request, whatever it is written in, as parameters and files. What is none of it is refused, never passed over."""

import base64
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lambdas.api.errors import MalformedRequestError
from lambdas.api.http.charsets import read_texts, refuse_spoilt
from lambdas.api.http.files import UploadedFile
from lambdas.api.http.parameter_sizes import refuse_large
from lambdas.api.http.php_params import parse_encoded, tree_of

_MAX_EXPONENT = 400
_WHOLE_DIGITS = 18
_BODY = "body"
# What a form is sent as: some say nothing, or the first type that their library offers.
_FORMS = {"", "*/*", "application/x-www-form-urlencoded", "text/plain", "application/octet-stream"}
_CHARSET = re.compile(r"(?i);\s*charset\s*=\s*\"?([^;\s\"]+)")
_MARKS = {b"\xef\xbb\xbf": "", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}  # of UTF-8, and of UTF-16 in both orders


def read_body(
    raw: str, headers: Mapping[str, str], *, is_base64: bool
) -> tuple[dict[str, Any], tuple[UploadedFile, ...]]:
    """The parameters and the files of the body. Raises MalformedRequestError or TooLargeError."""
    content_type = headers.get("content-type", "")
    if raw and headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise MalformedRequestError(message="the body is compressed, which nobody undoes here; send it as it is")
    if is_base64:
        body = base64.b64decode(raw)
    else:
        refuse_spoilt(raw, what=_BODY)
        body = raw.encode(errors="surrogatepass")
    if not body.strip():
        return {}, ()
    if content_type.lower().startswith("multipart/form-data"):
        from lambdas.api.http.multipart import read_multipart

        fields, files = read_multipart(content_type, body)
        refuse_large(sum(len(name) + len(value) for name, value in fields))
        return tree_of(fields), files
    refuse_large(len(body))
    return _read_text(content_type, body), ()


def _read_text(content_type: str, body: bytes) -> dict[str, Any]:
    charset = found[1] if (found := _CHARSET.search(content_type)) else ""
    for mark, codec in _MARKS.items():
        if body.startswith(mark):
            text = read_texts([body if codec else body.removeprefix(mark)], codec, what=_BODY)[0]
            body, charset = text.encode(errors="surrogatepass"), ""
    if _is_json(content_type, body):
        return _read_json(read_texts([body], charset, what=_BODY)[0])
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in _FORMS or b"=" not in body or body.lstrip().startswith(b"<"):
        raise MalformedRequestError(
            message="the body is neither a form nor JSON; send name=value pairs as application/x-www-form-urlencoded, parts as "
            "multipart/form-data, or one JSON object with the parameters as application/json"
        )
    return parse_encoded(body.strip(), charset, what=_BODY)


def _is_json(content_type: str, body: bytes) -> bool:
    begins = body.replace(b"\0", b"").lstrip()
    return "json" in content_type.lower() or begins[:1] in (b"{", b"[") or begins.strip() == b"null"


def _read_json(text: str) -> dict[str, Any]:
    try:
        parsed = json.loads(text, parse_float=_number, parse_constant=_no_constant)
    except RecursionError:
        raise MalformedRequestError(message="the body is nested too deeply") from None
    except ValueError:
        raise MalformedRequestError(message="the body is not JSON; send one JSON object with the parameters") from None
    if parsed is None or parsed == []:  # what PHP writes for no parameters
        return {}
    if not isinstance(parsed, dict):
        raise MalformedRequestError(message="the body must be one JSON object with the parameters")
    return parsed


def _number(text: str) -> Decimal | int:
    """`5.0` is 5, as it is once it was kept. `1e99999999` is short, but as a whole number it would fill the memory."""
    number = Decimal(text)
    if abs(number.adjusted()) > _MAX_EXPONENT:
        raise MalformedRequestError(message="a number in the body is out of range; if it is meant, send it as text")
    is_whole = number.adjusted() < _WHOLE_DIGITS and number == number.to_integral_value()
    return int(number) if is_whole else number


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
