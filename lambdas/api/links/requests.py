"""Requests of links to orders. Ubersmith mails such links and has no method for them (reference/ubersmith.md 1.8)."""

from typing import Annotated, Literal

from pydantic import Field

from lambdas.api.http.parameters import Absent, Flag, OrderRequest, Text


class LinkCreateRequest(OrderRequest):
    """`order.link_create`. Every call makes another link; those made before stay."""

    purpose: Annotated[Literal["resume", "status"] | None, Absent] = Field(
        default="resume", description="resume: continue with the order form; status: look at the order."
    )
    form: Annotated[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")] | None, Absent] = Field(
        default=None, description="The form to continue with; the one the order was begun on, if it is left out."
    )
    expires_days: Annotated[Annotated[int, Field(ge=1, le=365)] | None, Absent] = Field(
        default=None,
        description="How long the link opens anything, in days; 30 to resume and 365 to look, if left out.",
    )
    send: Flag = Field(
        default=False,
        description="Mail the link to the order's e-mail address, with the queue's sendlink_* texts. Links to resume only.",
    )


class LinkRevokeRequest(OrderRequest):
    """`order.link_revoke`."""

    link_id: Text = Field(
        default=None,
        description="The link, as order.link_create named it; what was opened through it closes with it. Left out: every link "
        "to the order, and every form of it that is open in a browser.",
    )
