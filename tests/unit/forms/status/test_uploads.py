"""Files that clients send for an action: kept with the order before the action runs, by their real kind, and no more than fit."""

from collections.abc import Iterator

import pytest

from lambdas.forms.shop import Shop
from lambdas.orders.model.order import Order
from lambdas.records.posts.attachment import MAX_BYTES
from lambdas.records.posts.post import Post, PostKind
from lambdas.runtime import aws
from tests.unit.forms.browser import Browser, Page
from tests.unit.forms.status.test_client_answers import Visit, answers, asked, order, the_action, visit

__all__ = ["order", "visit"]

PNG = b"\x89PNG\r\n\x1a\n\r\n--x\r\n\x00\xff" * 40
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\r\n" + bytes(range(256)) * 8
QUESTION = {
    "module": "simple_question",
    "config": {
        "client_answers": True,
        "questions": [{"question": "Your passport", "file": True}, {"question": "Its number?"}],
    },
}


@pytest.fixture(autouse=True)
def _bucket(visit: Visit) -> Iterator[None]:
    aws.s3.cache_clear()
    aws.s3().create_bucket(Bucket="files")
    yield
    aws.s3.cache_clear()


def sends(visit: Visit, *files: tuple[str, bytes], **typed: str) -> Page:
    page = visit.browser.open(f"/orders/{visit.token}")
    inputs = {**page.inputs, "answer_2": "C01X", **typed}
    inputs.pop("answer_1", None)
    return visit.browser.upload(page.path, inputs, [("answer_1", name, content) for name, content in files])


def posts_of(shop: Shop, order: Order) -> list[Post]:
    return list(shop.posts.of_order(order.order_id))


def kept(post: Post) -> list[bytes]:
    return [aws.s3().get_object(Bucket="files", Key=each.key)["Body"].read() for each in post.attachments]


def test_files_are_kept_as_they_are_and_their_names_are_the_answer(visit: Visit) -> None:
    asked(visit.shop, visit.order, **QUESTION)
    page = visit.browser.open(f"/orders/{visit.token}")
    assert 'enctype="multipart/form-data"' in page.body
    assert "At most 5 files, with 4 MB in all" in page.text
    assert f'data-most-bytes="{MAX_BYTES}"' in page.body

    assert sends(visit, ("Pass ü.png", PNG), ("C:\\scans\\back.pdf", PDF)).status == 303

    action = the_action(visit.shop, visit.order)
    assert (action.input, action.requested_at is not None) == ({"answers": ["Pass ü.png, back.pdf", "C01X"]}, True)
    (post,) = posts_of(visit.shop, visit.order)
    assert (post.kind, post.body) == (PostKind.CLIENT_RESPONSE, "Files for: Your design")
    assert [(each.name, each.content_type) for each in post.attachments] == [
        ("Pass ü.png", "image/png"),
        ("back.pdf", "application/pdf"),
    ]
    assert kept(post) == [PNG, PDF]
    assert "Attached: Pass ü.png, back.pdf" in visit.browser.open(f"/orders/{visit.token}").text


@pytest.mark.parametrize(
    ("files", "error"),
    [
        ([], "Choose a file: Your passport"),
        ([("run.exe", b"MZ")], "is not a kind of file that is taken here"),
        ([("pass.png", b"<script>")], "is not what its ending says"),
        ([("empty.pdf", b"")], "is empty"),
        ([(f"{n}.png", PNG) for n in range(6)], "Send at most 5 files"),
        ([("a.png", PNG + bytes(MAX_BYTES))], "Send at most 5 files, with 4 MB in all"),
        ([("4111 1111 1111 1111.png", PNG)], "looks like a card number"),
    ],
)
def test_what_is_not_taken_is_said_and_neither_kept_nor_answered(
    visit: Visit, files: list[tuple[str, bytes]], error: str
) -> None:
    asked(visit.shop, visit.order, **QUESTION)
    page = sends(visit, *files)

    assert (page.status, error in page.text) == (422, True)
    assert the_action(visit.shop, visit.order).requested_at is None
    assert posts_of(visit.shop, visit.order) == []
    assert "Contents" not in aws.s3().list_objects_v2(Bucket="files")


def test_far_too_much_is_refused_before_it_is_read(visit: Visit) -> None:
    asked(visit.shop, visit.order, **QUESTION)
    page = sends(visit, ("a.png", PNG + bytes(MAX_BYTES + 200_000)))

    assert (page.status, "choose smaller files" in page.text) == (413, True)


def test_two_clicks_keep_the_files_once(visit: Visit) -> None:
    asked(visit.shop, visit.order, **QUESTION)
    page = visit.browser.open(f"/orders/{visit.token}")
    inputs = {name: value for name, value in page.inputs.items() if name != "answer_1"} | {"answer_2": "C01X"}
    first, second = (visit.browser.upload(page.path, inputs, [("answer_1", "a.pdf", PDF)]) for _ in range(2))

    assert (first.status, second.status) == (303, 409)
    assert len(posts_of(visit.shop, visit.order)) == 1


def test_files_for_an_action_that_asks_for_none_are_not_kept(visit: Visit) -> None:
    plain = {**QUESTION, "config": {"client_answers": True, "questions": [{"question": "Access?"}]}}
    asked(visit.shop, visit.order, **plain)
    page = visit.browser.open(f"/orders/{visit.token}")
    inputs = {**page.inputs, "answer_1": "yes"}

    assert visit.browser.upload(page.path, inputs, [("answer_1", "a.pdf", PDF), ("body", "b.pdf", PDF)]).status == 303
    assert posts_of(visit.shop, visit.order) == []


@pytest.mark.parametrize("origin", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}])
def test_files_from_another_site_are_refused(visit: Visit, origin: dict[str, str]) -> None:
    asked(visit.shop, visit.order, **QUESTION)
    page = visit.browser.open(f"/orders/{visit.token}")
    inputs = {**page.inputs, "answer_2": "C01X"}
    inputs.pop("answer_1", None)

    assert visit.browser.upload(page.path, inputs, [("answer_1", "a.pdf", PDF)], **origin).status == 403
    assert posts_of(visit.shop, visit.order) == []


@pytest.mark.parametrize(
    "body", [b"", b"--x", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\ncut off", b"\xff" * 50]
)
def test_a_body_that_is_cut_off_is_refused(visit: Visit, body: bytes) -> None:
    page = visit.browser.ask(
        "POST", f"/orders/{visit.token}", body, **{"content-type": "multipart/form-data; boundary=x"}
    )

    assert (page.status, "could not be read" in page.text) == (400, True)


def test_answers_without_files_need_no_upload(visit: Visit, browser: Browser) -> None:
    asked(visit.shop, visit.order, **QUESTION)

    assert answers(browser, visit.token, answer_2="C01X").status == 422
