"""The address of a stage: its domain, and the front before it."""

from typing import Annotated, Literal

from pydantic import Field

from lambdas.runtime.models import Frozen

_DOMAIN = r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
_CERTIFICATE = r"arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]{1,64}"


class Front(Frozen):
    """CloudFront and a firewall before the domain. The firewall is a stack of its own in us-east-1, where CloudFront's are."""

    certificate: Annotated[str, Field(pattern=r"^arn:aws:acm:us-east-1:[0-9]{12}:certificate/[A-Za-z0-9-]{1,64}$")] = (
        Field(description="ARN of the domain's certificate in us-east-1, where CloudFront's are.")
    )
    managed_rules: Literal["count", "block"] = Field(
        "count",
        description="What becomes of requests that AWS's managed rules call bad. Look at the counts before you block.",
    )
    requests_of_source: Annotated[int, Field(ge=10, le=2_000_000_000)] = Field(
        2_000, description="Requests in five minutes from one address, before the firewall blocks it for a while."
    )


class Address(Frozen):
    """The public address."""

    domain: Annotated[str, Field(pattern=rf"^({_DOMAIN})?$")] = Field(
        "", description="The host that callers and clients use, such as orders.seaside.com. Empty: API Gateway's own."
    )
    certificate: Annotated[str, Field(pattern=rf"^({_CERTIFICATE})?$")] = Field(
        "", description="ARN of the domain's certificate in Certificate Manager, in the stage's region."
    )
    hosted_zone: Annotated[str, Field(pattern=r"^(Z[A-Z0-9]{1,31})?$")] = Field(
        "", description="Id of the Route 53 zone that gets the domain's records. Empty: you keep them elsewhere."
    )
    front: Front | None = Field(
        None, description="CloudFront with a firewall (WAF) before the domain. Left out: callers reach API Gateway."
    )
