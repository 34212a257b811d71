"""Messages on the status page: what staff wrote, and the client's reply, which is one post however often it is sent."""

import pytest

from lambdas.forms.shop import Shop
from lambdas.forms.status.posts import MAX_CHARACTERS
from lambdas.orders.decisions.lead.draft import OrderDraft
from lambdas.records.links.link import LinkPurpose, new_token
from lambdas.records.posts.attachment import Attachment
from lambdas.records.posts.post import Post, PostKind
from tests.support.build import NOW, Clock
from tests.unit.forms.browser import Browser, Page


@pytest.fixture
def order_id(shop: Shop) -> str:
    info = {"email": "ada@example.com", "pack1": {"plan_id": "1"}}
    return shop.service.create(OrderDraft(order_queue_id=1, info=info)).order_id


@pytest.fixture
def token(shop: Shop, order_id: str) -> str:
    token = new_token()
    shop.links.make(token, LinkPurpose.STATUS, order_id, now=shop.now())
    return token


def staff_writes(shop: Shop, order_id: str, body: str, kind: PostKind = PostKind.RESPONSE) -> None:
    file = Attachment(
        attach_id="11", name="offer.pdf", content_type="application/pdf", size_bytes=7, key="k", sha256="s"
    )
    post = Post(
        post_id=shop.posts.new_id(), order_id=order_id, kind=kind, author="grace@shop.test", by="grace",
        bcc=("boss@shop.test",), subject="s", body=body, posted_at=NOW, attachments=(file,),
    )  # fmt: skip
    shop.posts.add(post, None)


def posts(shop: Shop, order_id: str) -> list[Post]:
    return list(shop.posts.of_order(order_id))


def reply(browser: Browser, token: str, body: str) -> Page:
    browser.open(f"/orders/{token}")
    return browser.send(body=body)


def test_responses_are_shown_without_who_wrote_them_and_comments_are_not(
    browser: Browser, shop: Shop, order_id: str, token: str
) -> None:
    assert "There are no messages yet" in browser.open(f"/orders/{token}").text
    staff_writes(shop, order_id, "Your <b>server</b> is ready.\nSee you")
    staff_writes(shop, order_id, "supplier was late", PostKind.COMMENT)
    page = browser.open(f"/orders/{token}")

    assert "Example Hosting 15 January 2027, 08:00 UTC Your <b>server</b> is ready." in page.text
    assert "Attached: offer.pdf" in page.text
    assert "&lt;b&gt;server" in page.body
    for hidden in ("supplier", "grace", "boss"):
        assert hidden not in page.body


def test_a_reply_is_a_client_s_post_and_shown_at_once(browser: Browser, shop: Shop, order_id: str, token: str) -> None:
    page = reply(browser, token, "Thank you.\r\n  When?\ufeff  ")

    assert (page.status, browser.went[-1]) == (200, f"/orders/{token}")
    (post,) = posts(shop, order_id)
    assert (post.kind, post.author, post.body) == (PostKind.CLIENT_RESPONSE, "ada@example.com", "Thank you.\n  When?")
    assert "You 15 January 2027" in page.text
    assert "ada@example.com" not in page.body


def test_a_double_click_makes_one_post_and_the_same_words_later_another(
    browser: Browser, shop: Shop, order_id: str, token: str
) -> None:
    page = browser.open(f"/orders/{token}")
    for _ in range(2):
        assert browser.post(f"/orders/{token}", {**page.inputs, "body": "Hello"}).status == 303
    assert len(posts(shop, order_id)) == 1

    browser.post(f"/orders/{token}", {**page.inputs, "body": "Hello again"})
    reply(browser, token, "Hello")
    assert [post.body for post in posts(shop, order_id)] == ["Hello", "Hello again", "Hello"]


def test_the_order_says_since_when_its_client_waits_for_an_answer(
    browser: Browser, shop: Shop, order_id: str, token: str, clock: Clock
) -> None:
    assert reply(browser, token, "  ").status == 422
    assert shop.service.get(order_id=order_id).reply_waiting_at is None

    reply(browser, token, "When?")
    clock.time += 60
    reply(browser, token, "And where?")
    order = shop.service.get(order_id=order_id)
    assert (order.reply_waiting_at, order.reply_id) == (NOW, posts(shop, order_id)[-1].post_id)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("  \n ", "Write a message"),
        ("When\x00?", "Your message must be typed again"),
        ("x" * (MAX_CHARACTERS + 1), "longer than 5,000 characters"),
        ("my card is 4242 4242 4242 4242", "looks like a card number"),
    ],
)
def test_what_cannot_be_sent_is_said_and_not_kept(shop: Shop, order_id: str, token: str, body: str, told: str) -> None:
    page = reply(Browser(shop), token, body)

    assert (page.status, told in page.text) == (422, True)
    assert page.read.links.count("#body") == 1
    assert posts(shop, order_id) == []


def test_too_many_in_an_hour_wait(browser: Browser, shop: Shop, order_id: str, token: str, clock: Clock) -> None:
    statuses = [reply(browser, token, f"number {number}").status for number in range(21)]
    assert statuses == [200] * 20 + [422]

    clock.time += 3_600
    assert reply(browser, token, "later").status == 200
    assert len(posts(shop, order_id)) == 21


def test_another_site_and_a_closed_link_cannot_write(browser: Browser, shop: Shop, order_id: str, token: str) -> None:
    page = browser.open(f"/orders/{token}")
    typed = {**page.inputs, "body": "Hello"}
    assert browser.post(f"/orders/{token}", typed, origin="https://evil.example").status == 403
    assert browser.post(f"/orders/{token}", {**typed, "csrf": "x"}).status == 403
    shop.links.revoke(order_id, None, shop.now())
    assert browser.post(f"/orders/{token}", typed).status == 410
    assert posts(shop, order_id) == []


def test_only_the_last_posts_are_shown(browser: Browser, shop: Shop, order_id: str, token: str) -> None:
    for number in range(52):
        staff_writes(shop, order_id, f"message {number}.")
    text = browser.open(f"/orders/{token}").text

    assert "message 1." not in text
    assert text.index("message 2.") < text.index("message 51.")
