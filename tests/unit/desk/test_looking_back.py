"""History in pages, the order as it was, and files of messages."""

from collections.abc import Iterator

import pytest

from lambdas.desk.web.site import Site
from lambdas.orders.model.order import Order
from lambdas.read_models.history.history import History
from lambdas.read_models.history.table import HistoryTable
from lambdas.records.posts.attachment import Attachment, AttachmentFiles
from lambdas.records.posts.post import Post, PostKind
from lambdas.runtime import aws
from tests.unit.desk.staff import VIRTUAL, Staff, at_call_back, stored

HOSTILE = '"><script>alert(1)</script>'


def with_history(site: Site, *, changes: int, company: str = "Cobol Ltd") -> Order:
    """An order whose priority was changed so often, up and down, and whose history is recorded."""
    order, history = at_call_back(site, company=company), History(HistoryTable(site.desk.history), site.now)
    history.follow(None, order)
    for number in range(changes):
        before = stored(site, order)
        reason = f"reason {number} {HOSTILE}"
        history.follow(before, site.desk.service.prioritize(before, number % 2 * 2, by="ada", reason=reason))
    return stored(site, order)


def test_the_whole_history_is_read_in_pages_with_what_each_changed(site: Site, staff: Staff) -> None:
    order = with_history(site, changes=60)
    assert "Older changes" in staff.order(order.order_id).text

    first = staff.open(f"/desk/orders/{order.order_id}/history")
    older = next(values["href"] for tag, values in first.read.tags if tag == "a" and "cursor" in values["href"])
    second = staff.open(older)

    texts = first.text + second.text
    assert all(f"reason {number} " in texts for number in range(60))
    assert "reason 59" in first.text
    assert "reason 0 " in second.text
    assert first.read.tags.count(("del", {})) >= 50
    assert [values for tag, values in first.read.tags if tag == "script" and "src" not in values] == []


def test_a_cursor_of_nowhere_is_refused(site: Site, staff: Staff) -> None:
    order = with_history(site, changes=1)

    assert staff.open(f"/desk/orders/{order.order_id}/history?cursor=%22%3E").status == 422


def test_history_tells_no_reasons_and_no_personal_values_without_the_right(site: Site) -> None:
    order = with_history(site, changes=2)
    viewer = Staff.with_role(site, "viewer")

    text = viewer.open(f"/desk/orders/{order.order_id}/history").text
    was = viewer.open(f"/desk/orders/{order.order_id}?at={order.revision - 1}").text

    for word in ("reason 1", "Cobol"):
        assert word not in text
        assert word not in was


@pytest.mark.parametrize("path", ["history", "files/11", "?at=1"])
def test_history_and_files_of_orders_elsewhere_are_refused(site: Site, path: str) -> None:
    order, staff = with_history(site, changes=1), Staff.with_role(site, "supervisor", VIRTUAL)

    shown = staff.open(f"/desk/orders/{order.order_id}/{path}".replace("/?", "?"))

    assert shown.status == 403
    assert "no such record" in shown.text


def test_the_order_is_shown_as_it_was_says_so_and_offers_no_acts(site: Site, staff: Staff) -> None:
    order = with_history(site, changes=3)

    shown = staff.open(f"/desk/orders/{order.order_id}?at={order.revision - 1}")

    assert "This is the order as it was" in shown.text
    assert f"revision {order.revision - 1}" in shown.text
    assert "Priority high" in shown.text
    assert "Priority low" in staff.open(f"/desk/orders/{order.order_id}?at={order.revision - 2}").text
    assert shown.acts == set()
    assert "data-again" not in shown.body


def test_even_the_latest_revision_offers_no_acts_when_it_is_asked_for(site: Site, staff: Staff) -> None:
    order = with_history(site, changes=1)

    assert staff.open(f"/desk/orders/{order.order_id}?at={order.revision}").acts == set()


@pytest.mark.parametrize("at", ["0", "99999", "x", "%22%3E%3Cscript%3E"])
def test_a_revision_that_never_was_is_refused(site: Site, staff: Staff, at: str) -> None:
    order = with_history(site, changes=1)

    shown = staff.open(f"/desk/orders/{order.order_id}?at={at}")

    assert 400 <= shown.status < 500
    assert "<script>" not in shown.body.replace("<script src", "")


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch, site: Site) -> Iterator[AttachmentFiles]:
    for name, value in {"MAIL_FROM": "orders@shop.test", "COMPANY": "Shop", "ATTACHMENT_BUCKET": "files"}.items():
        monkeypatch.setenv(name, value)
    aws.s3.cache_clear()
    aws.s3().create_bucket(Bucket="files")
    yield AttachmentFiles("files")
    aws.s3.cache_clear()


def with_file(site: Site, order: Order, name: str, kept: AttachmentFiles | None = None) -> str:
    """The id of a file on a client's message."""
    post_id = site.desk.posts.new_id()
    file = Attachment(
        attach_id=f"{post_id}1", name=name, content_type="text/plain", size_bytes=5, key=f"orders/x/{post_id}/1-a.txt"
    )
    if kept:
        kept.keep(file, b"h\xffi\n\x00")
    post = Post(
        post_id=post_id, order_id=order.order_id, kind=PostKind.CLIENT_RESPONSE, author="x", subject="", body="see file",
        posted_at=1, attachments=(file,),
    )  # fmt: skip
    site.desk.posts.add(post, None)
    return file.attach_id


def test_a_file_is_saved_and_never_shown(site: Site, staff: Staff, files: AttachmentFiles) -> None:
    order = at_call_back(site)
    file = with_file(site, order, 'evil"\r\nSet-Cookie: x=1\u202e\u00fc.html', files)
    path = f"/desk/orders/{order.order_id}/files/{file}"
    shown = staff.order(order.order_id)
    assert path in {values.get("href") for tag, values in shown.read.tags if tag == "a"}

    answer = staff.ask("GET", path)

    said = answer.headers["Content-Disposition"]
    assert said.startswith('attachment; filename="evil_')
    assert not {"\r", "\n"} & set(said)
    assert said.isascii()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.body == "aP9pCgA="


def test_a_file_needs_the_right_to_personal_data_and_the_order_it_is_on(
    site: Site, staff: Staff, files: AttachmentFiles
) -> None:
    order, other = at_call_back(site), at_call_back(site)
    file = with_file(site, order, "a.txt", files)

    assert Staff.with_role(site, "viewer").open(f"/desk/orders/{order.order_id}/files/{file}").status == 403
    assert staff.open(f"/desk/orders/{other.order_id}/files/{file}").status == 404
    assert staff.open(f"/desk/orders/{order.order_id}/files/{file}9").status == 404
    assert staff.open(f"/desk/orders/{order.order_id}/files/..%2f1").status == 404


@pytest.mark.usefixtures("files")
def test_a_file_that_is_gone_is_told_and_no_error(site: Site, staff: Staff) -> None:
    order = at_call_back(site)
    file = with_file(site, order, "a.txt")

    shown = staff.open(f"/desk/orders/{order.order_id}/files/{file}")

    assert (shown.status, "The file cannot be read now." in shown.text) == (503, True)
