"""Links to orders: staff make one for a client, who goes on with the order form or looks at the order without a login."""

from lambdas.api.answers import links as answers
from lambdas.api.backend import Backend
from lambdas.api.caller import Caller
from lambdas.api.errors import MalformedRequestError, NotFoundError
from lambdas.api.method import Method
from lambdas.api.requests.links import LinkCreateRequest, LinkRevokeRequest
from lambdas.api.views import links as views
from lambdas.orders.errors import Problem
from lambdas.records.link import Link, LinkPurpose, LinkRecords, MadeLink, new_token, path_of
from lambdas.records.rights import Right
from lambdas.runtime.settings import Settings


class LinkSettings(Settings):
    """`public_url`: where the pages are, as clients know it."""

    public_url: str = ""


def _create(backend: Backend, request: LinkCreateRequest, caller: Caller) -> MadeLink:
    order, links = backend.order(request, caller), LinkRecords(backend.records)
    purpose = LinkPurpose(request.purpose or LinkPurpose.RESUME)
    form = (request.form or links.form_of(order.order_id) or "") if purpose is LinkPurpose.RESUME else ""
    if purpose is LinkPurpose.RESUME and not form:
        text = "the order was not begun on a form: name the one to go on with, by the last part of its address"
        raise MalformedRequestError(Problem("form", text))
    token = new_token()
    link = links.make(
        token,
        purpose,
        order.order_id,
        now=backend.service.now(),
        form=form,
        by=caller.name,
        days=request.expires_days,
    )
    return MadeLink(link=link, url=LinkSettings.from_environment().public_url.rstrip("/") + path_of(link, token))


def _revoke(backend: Backend, request: LinkRevokeRequest, caller: Caller) -> tuple[Link, ...]:
    order, links = backend.order(request, caller), LinkRecords(backend.records)
    if request.link_id and request.link_id not in {link.link_id for link in links.of_order(order.order_id)}:
        raise NotFoundError("Link", "link_id")
    return links.revoke(order.order_id, request.link_id, backend.service.now())


METHODS: dict[str, Method] = {
    "order.link_create": Method(
        title="Make a link with which the client of an order goes on with it, or looks at it",
        request=LinkCreateRequest,
        rights=(Right.CREATE, Right.PERSONAL_DATA),  # what is typed so far shows behind it
        verb=_create,
        answer=answers.made,
        view=views.made_view,
        status=201,
        keeps_key=True,  # an answer that is kept for repeats would keep the token
        example={"order_id": "1001", "purpose": "status"},
    ),
    "order.link_revoke": Method(
        title="Close a link to an order, or all of them",
        request=LinkRevokeRequest,
        rights=(Right.CREATE,),
        verb=_revoke,
        answer=answers.revoked,
        view=views.revoked_view,
        example={"order_id": "1001"},
    ),
}
