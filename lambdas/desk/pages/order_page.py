"""One order: its state first, the checklist as a picture, why it waits, what it is about, its money and its posts."""

from itertools import islice

from lambdas.catalog.brands.brand import load_brands
from lambdas.desk.acts.act import ANSWER, CONTACT, NOTE, NOTHING, Act, Offer
from lambdas.desk.acts.handling import CONTACT_LABELS, PRIORITIES
from lambdas.desk.acts.offered import offered
from lambdas.desk.desk import Desk
from lambdas.desk.pages.charged import charged_lines, method_lines
from lambdas.desk.pages.checklist import StepPicture, checklist_of, state_of, step_word
from lambdas.desk.pages.documents import may_see_documents
from lambdas.desk.pages.history import HistoryShown, read_history, read_version
from lambdas.desk.pages.money import MoneyLine, money_of
from lambdas.desk.pages.times import amount, moment
from lambdas.desk.pages.waits import WaitLine, waits_shown
from lambdas.desk.pages.who import listed_name
from lambdas.orders.model.order import Order
from lambdas.records.posts.post import Post, PostKind
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right
from lambdas.runtime.models import Frozen

_POSTS = 50
_APART = (ANSWER, NOTE, CONTACT)  # acts that stand beside what they are about


class ServiceLine(Frozen):
    title: str
    about: str
    first_charge: str


class PostLine(Frozen):
    """`kind`: response, comment or client_response. `files`: ids and names of what is attached."""

    post_id: int
    kind: str
    who: str
    when: str
    body: str
    files: tuple[tuple[str, str], ...]


class OrderPageView(Frozen):
    """`may_see_person`: whether contact data and posts are shown. `may_see_documents`: whether invoices are.

    `facts`: labels and values.

    `beside`: acts that stand beside what they are about, by their names. `as_of`: the time and revision that it is shown as
    of; empty: as it is now.
    """

    order_id: str
    order_queue_id: int
    step_id: int
    queue: str
    headline: str
    mark: str
    state: str
    who: str
    revision: int
    facts: tuple[tuple[str, str], ...]
    steps: tuple[StepPicture, ...]
    waits: tuple[WaitLine, ...]
    contact: tuple[tuple[str, str], ...]
    services: tuple[ServiceLine, ...]
    money: tuple[MoneyLine, ...]
    posts: tuple[PostLine, ...]
    history: HistoryShown
    latest_post_id: int
    may_see_person: bool
    may_see_documents: bool
    acts: tuple[Act, ...]
    beside: dict[str, Act]
    as_of: str = ""


def read_order(desk: Desk, user: ApiUser, order_id: str) -> OrderPageView:
    """Raises OrderNotFoundError, or NotHereError for an order that the user may not see."""
    return view_of(desk, user, desk.order(user, order_id))


def read_order_as_it_was(desk: Desk, user: ApiUser, order_id: str, at: str) -> OrderPageView:
    """`at`: a revision or a time. It has no acts, no messages and no history. Raises as `read_version`."""
    order = read_version(desk, user, order_id, at)
    view = _view(desk, user, order, NOTHING, now=order.activity)
    return view.changed(as_of=f"{moment(order.activity)}, revision {order.revision}")


def view_of(desk: Desk, user: ApiUser, order: Order) -> OrderPageView:
    """`order`: the whole one. The page shows as much of it as the user may see."""
    offer = offered(order, user, desk.service.queues.get(order.order_queue_id), now=desk.now())
    view = _view(desk, user, order, offer, now=desk.now())
    posts = _posts(desk, order) if view.may_see_person else ()
    latest = posts[-1].post_id if posts else 0
    money = (*view.money, *method_lines(desk, user, order))
    return view.changed(money=money, posts=posts, history=read_history(desk, user, order), latest_post_id=latest)


def _view(desk: Desk, user: ApiUser, order: Order, offer: Offer, *, now: int) -> OrderPageView:
    queue = desk.service.queues.get(order.order_queue_id)
    shown, may_see = desk.seen(user, order), user.may_in(Right.PERSONAL_DATA, order.order_queue_id, order.brand_id)
    mark, state = state_of(shown)
    return OrderPageView(
        order_id=order.order_id,
        order_queue_id=order.order_queue_id,
        step_id=order.step_id,
        queue=queue.name if queue else f"queue {order.order_queue_id}",
        headline=step_word(order),
        mark=mark,
        state=state,
        who=listed_name(shown),
        revision=order.revision,
        facts=_facts(shown),
        steps=checklist_of(shown, offer.of_actions),
        waits=waits_shown(shown, offer.of_waits, now=now),
        contact=_contact(shown) if may_see else (),
        services=_services(shown),
        money=(*money_of(shown), *charged_lines(desk, user, order)),
        posts=(),
        history=HistoryShown(order_id=order.order_id),
        latest_post_id=0,
        may_see_person=may_see,
        may_see_documents=may_see_documents(user, order),
        acts=tuple(act for act in offer.of_order if act.what not in _APART),
        beside={act.what: act for act in offer.of_order if act.what in _APART},
    )


def _facts(order: Order) -> tuple[tuple[str, str], ...]:
    changed = f"{order.changed_how} by {order.changed_by or 'the system'}" if order.changed_how else ""
    brand = load_brands().of(order.brand_id)
    facts = (
        ("Brand", brand.name if brand else ""),
        ("Reference for the client", order.reference),
        ("Received", moment(order.ts)),
        ("Submitted", moment(order.submitted_at)),
        ("Completed", moment(order.completed_at)),
        ("Canceled", moment(order.canceled_at)),
        ("Canceled because", order.canceled_because),
        ("Canceled by", order.canceled_by),
        ("Client", order.client_id or ""),
        ("Looked after by", order.owner),
        ("Priority", PRIORITIES.get(order.priority, "")),
        ("Last change", f"{moment(order.activity)}{f', {changed}' if changed else ''}"),
    )
    return tuple((label, value) for label, value in facts if value)


def _contact(order: Order) -> tuple[tuple[str, str], ...]:
    found = ((label, order.info.get(key)) for key, label in CONTACT_LABELS.items())
    return tuple((label, value) for label, value in found if isinstance(value, str) and value.strip())


def _services(order: Order) -> tuple[ServiceLine, ...]:
    return tuple(
        ServiceLine(
            title=f"{pack.quantity} of {pack.title}" if pack.quantity != 1 else pack.title,
            about=pack.description,
            first_charge=amount(pack.first_charge_cents, order.currency),
        )
        for pack in order.priced
    )


def _posts(desk: Desk, order: Order) -> tuple[PostLine, ...]:
    """The latest posts, oldest first."""
    found = [_post(post) for post in islice(desk.posts.of_order(order.order_id, descending=True), _POSTS)]
    return tuple(found[::-1])


def _post(post: Post) -> PostLine:
    who = post.author if post.kind is PostKind.CLIENT_RESPONSE else post.by or post.author
    files = tuple((file.attach_id, file.name) for file in post.attachments)
    return PostLine(
        post_id=post.post_id, kind=post.kind.value, who=who, when=moment(post.posted_at), body=post.body, files=files
    )
