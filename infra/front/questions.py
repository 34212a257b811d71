"""The questions of `make new-stage` about a stage's address."""

from collections.abc import Callable
from typing import Any

import typer

Asked = Callable[..., Any]
Setting = Callable[[str], Callable[[str], str]]
Check = Callable[[str, Any], None]


def address_asked(asked: Asked, setting: Setting, check: Check) -> dict[str, Any]:
    """The domain, with what stands before it. `asked`: asks until the answer fits. `check`: raises ValueError."""
    domain = asked(
        "Domain that callers use, such as orders.yours.com; Enter for API Gateway's own", setting("domain"), ""
    )
    if not domain:
        return {}
    found = {
        "domain": domain,
        "certificate": asked("ARN of its certificate, in the region of the stage", setting("certificate")),
        "hosted_zone": asked(
            "Id of the Route 53 zone that gets its records; Enter for none", setting("hosted_zone"), ""
        ),
    }
    if not typer.confirm("Shall CloudFront with a firewall stand before it?", default=True):
        return found

    def certificate(text: str) -> str:
        check("front", {"certificate": text})
        return text

    question = "ARN of the domain's certificate in us-east-1, which CloudFront needs"
    return found | {"front": {"certificate": asked(question, certificate)}}
