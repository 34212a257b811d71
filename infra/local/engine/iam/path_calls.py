"""The IAM actions of requests that name their operation by method and path; see calls.py."""

import json
import re
from collections.abc import Callable, Iterator

from infra.local.engine.iam.place import Place, UnknownCallError
from infra.local.engine.iam.policy import Call


def _ses(method: str, path: str, body: bytes, place: Place) -> Iterator[Call]:
    if (method, path) != ("POST", "/v2/email/outbound-emails"):
        raise UnknownCallError(f"ses {method} {path}: infra/local/engine/iam/calls.py does not know the call")
    asked = json.loads(body)
    sender = _bare(asked["FromEmailAddress"])
    sent_to = [_bare(each) for several in asked["Destination"].values() for each in several]
    for identity in dict.fromkeys([sender.rpartition("@")[2], *sent_to]):
        yield Call("ses:SendEmail", place.arn("ses", f"identity/{identity}"), {"ses:FromAddress": (sender,)})


def _bare(address: str) -> str:
    """`Ada <ada@example.com>` -> `ada@example.com`."""
    return address.rpartition("<")[2].rstrip(">").strip() if "<" in address else address.strip()


def _lambda(method: str, path: str, body: bytes, place: Place) -> Iterator[Call]:
    found = re.fullmatch(r"/2015-03-31/functions/([^/]+)/invocations", path)
    if found is None or method != "POST":
        raise UnknownCallError(f"lambda {method} {path}: infra/local/engine/iam/calls.py does not know the call")
    name = found[1]
    yield Call("lambda:InvokeFunction", name if name.startswith("arn:") else place.arn("lambda", f"function:{name}"))


_S3_VERBS = {"GET": "s3:GetObject", "HEAD": "s3:GetObject", "PUT": "s3:PutObject", "DELETE": "s3:DeleteObject"}


def _s3(method: str, path: str, body: bytes, place: Place) -> Iterator[Call]:
    bucket, _, key = path.lstrip("/").partition("/")
    if not key or method not in _S3_VERBS:
        raise UnknownCallError(f"s3 {method} of a bucket: infra/local/engine/iam/calls.py does not know the call")
    yield Call(_S3_VERBS[method], f"arn:aws:s3:::{bucket}/{key}")


BY_PATH: dict[str, Callable[[str, str, bytes, Place], Iterator[Call]]] = {"ses": _ses, "lambda": _lambda, "s3": _s3}
