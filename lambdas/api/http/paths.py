"""Finds the door and the method in a path.

Clients append `/api/2.0/` to a base with or without a slash at its end, and some add `index.php`. The base may have a path of
its own: an API mapping of a custom domain is part of `rawPath`. Whether API Gateway joins slashes is undocumented, so nothing
here depends on it: the route `$default` takes what no other route does.
https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html
"""

import re

_API_2_0 = re.compile(r"(?:/[^/]+)*?/api/2\.0(?:/.*)?", re.DOTALL)


def clean_path(raw_path: str) -> str:
    """Without doubled slashes, `.` between slashes and a slash at the end; `/` alone stays."""
    return "/" + "/".join(part for part in raw_path.split("/") if part not in ("", "."))


def is_api_2_0(path: str) -> bool:
    """Whether it is API 2.0's address or below it, where a mistake is answered in the envelope too."""
    return _API_2_0.fullmatch(path) is not None


def method_in(path: str) -> str:
    """The method that a path of new callers names."""
    return path.rpartition("/")[2]
