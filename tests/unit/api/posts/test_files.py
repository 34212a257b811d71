"""Files of posts: which are taken, where they are kept, who gets them back."""

import hashlib
import io
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.records.posts.attachment import KINDS, MAX_BYTES, AttachmentFiles
from lambdas.records.users.rights import ROLES, Grant
from lambdas.runtime import aws
from tests.unit.api.posts.conftest import BUCKET, PDF, PNG, PostShop

PAN = "4242 4242 4242 4242"


def a_zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.txt", "a")
    return made.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 20
BEGINNINGS: dict[str, bytes] = {
    **dict.fromkeys(("zip", "docx", "xlsx", "pptx", "odt", "ods", "odp"), a_zip()),
    **dict.fromkeys(("doc", "xls", "ppt"), OLE),
    **dict.fromkeys(("jpg", "jpeg"), b"\xff\xd8\xff\xe0\0\x10JFIF"),
    "pdf": b"junk before\n" + PDF,
    "png": PNG,
    "gif": b"GIF89a\x01\0",
    "webp": b"RIFF\x1a\0\0\0WEBPVP8 ",
    "txt": "grüß".encode(),
    "csv": "a;b\n1;2".encode("utf-16"),
    "eml": b"From: a@b.test\r\n\r\nhello",
}


@pytest.mark.parametrize("field", ["attach", "attach[]", "attach[0]", "attach[report]"])
def test_a_file_is_kept_and_comes_back_as_it_was(shop: PostShop, field: str) -> None:
    made = shop.upload((field, "Año 1.pdf", PDF), fields={"followup": "see this"})

    assert made.status == 201, made.body
    assert made.body["attachments"] == [
        {"attach_id": "11", "name": "Año 1.pdf", "size_bytes": len(PDF), "content_type": "application/pdf"}
    ]
    assert shop.listed() == [made.body]
    assert shop.kept() == [f"orders/{shop.order_id}/1/1-A_o_1.pdf"]
    file = shop.caller.send("/uber.attachment_get", query="attach_id=11", http_method="GET")
    assert (file.status, file.body) == (200, PDF)
    assert file.headers["Content-Type"] == "application/pdf"
    assert (
        file.headers["Content-Disposition"] == "attachment; filename=\"A_o 1.pdf\"; filename*=UTF-8''A%C3%B1o%201.pdf"
    )
    assert file.headers["X-Content-Type-Options"] == "nosniff"


def test_api_2_0_counts_files_names_them_and_gives_them(shop: PostShop) -> None:
    fields = {"method": "order.client_respond", "contact_id": "5"}
    made = shop.upload(("attach[0]", "a.pdf", PDF), ("attach[1]", "b.png", PNG), path="/api/2.0/", fields=fields)
    assert made.body["data"] == "1"

    named = {
        "11": {"attach_id": "11", "name": "a.pdf", "size": str(len(PDF)), "type": "application/pdf"},
        "12": {"attach_id": "12", "name": "b.png", "size": str(len(PNG)), "type": "image/png"},
    }
    record = shop.caller.data("order.post_list", {"order_id": shop.order_id})["1"]
    assert (record["attachments"], record["attachment_list"]) == ("2", named)
    assert shop.caller.data("uber.attachment_list", {"attach_type": "order_ticket", "id": "1"}) == named
    assert shop.caller.data("uber.attachment_list", {"order_id": shop.order_id}) == named
    file = shop.caller.send("/api/2.0/", query="method=uber.attachment_get&attach_type=order_ticket&attach_id=12")
    assert (file.headers["Content-Type"], file.headers["Content-Disposition"], file.body) == (
        "image/png",
        'attachment; filename="b.png"',
        PNG,
    )


@pytest.mark.parametrize("ending", KINDS)
def test_each_kind_is_taken_by_its_beginning_and_no_other(shop: PostShop, ending: str) -> None:
    taken = shop.upload(("attach", f"a.{ending.upper()}", BEGINNINGS[ending]))
    assert taken.status == 201, taken.body
    assert taken.body["attachments"][0]["content_type"] == KINDS[ending].content_type

    other = shop.upload(("attach[7]", f"a.{ending}", b"MZ\x90\0" + b"\0" * 60))
    assert (other.status, other.body["errors"][0]["field"]) == (422, "attach[7]")
    assert f".{ending}" in other.body["errors"][0]["detail"]


@pytest.mark.parametrize("name", ["a.exe", "a.svg", "a.html", "pdf", "a.", "", "a.pdf.js"])
def test_other_kinds_are_refused(shop: PostShop, name: str) -> None:
    answer = shop.upload(("attach", name, PDF))

    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "attach")
    assert "pdf, png" in answer.body["detail"]
    assert (shop.kept(), shop.listed(), shop.ses.sent) == ([], [], [])


def test_an_empty_file_is_refused_and_an_empty_chooser_is_none(shop: PostShop) -> None:
    assert "is empty" in shop.upload(("attach", "a.pdf", b"")).body["detail"]
    assert shop.upload(("attach", "", b"")).body["attachments"] == []


def test_at_most_five_files_and_four_megabytes(shop: PostShop) -> None:
    six = [(f"attach[{number}]", "a.png", PNG) for number in range(6)]
    large = b"%PDF-" + b"\0" * (MAX_BYTES - 5)

    too_many = shop.upload(*six)
    assert (too_many.status, too_many.body["errors"][0]["field"]) == (413, "attach[5]")
    assert shop.upload(("attach", "a.pdf", large), ("attach", "b.png", PNG)).status == 413
    assert shop.kept() == []
    assert shop.upload(*six[:5]).status == 201
    assert len(shop.kept()) == 5
    assert shop.upload(("attach", "a.pdf", large)).status == 201


@pytest.mark.parametrize(
    ("name", "kept_as", "called"),
    [
        ("..\\..\\C:/secret/../me.pdf", "1-me.pdf", "me.pdf"),
        ("a\tb%0D%0A;c.pdf", "1-a_b_0D_0A_c.pdf", "a b%0D%0A;c.pdf"),
        ("." * 5 + "pdf", "1-_.pdf", "....." + "pdf"),
        ("x" * 300 + ".pdf", "1-" + "x" * 80 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_names_lose_what_could_harm(shop: PostShop, name: str, kept_as: str, called: str) -> None:
    made = shop.upload(("attach", name, PDF))

    assert made.body["attachments"][0]["name"] == called
    assert shop.kept() == [f"orders/{shop.order_id}/1/{kept_as}"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (f"{PAN}.txt", b"hello"),
        ("a.txt", PAN.encode()),
        ("a.txt", PAN.encode("utf-16")),
        ("a.csv", b"name,card\nAda,4242424242424242\n"),
        ("a.eml", b"From: a@b.test\r\nContent-Transfer-Encoding: base64\r\n\r\nNDI0MjQyNDI0MjQyNDI0Mg==\r\n"),
    ],
)
def test_card_data_in_a_name_or_in_text_is_refused(shop: PostShop, name: str, content: bytes) -> None:
    answer = shop.upload(("attach[1]", name, content))

    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "attach[1]")
    assert "42424242424242" not in str(answer.body).replace(" ", "")
    assert shop.kept() == []


def test_a_file_under_another_name_is_no_file_of_the_post(shop: PostShop) -> None:
    refused = shop.upload(("document", "a.pdf", PDF))
    assert (refused.status, refused.body["errors"][0]["field"]) == (400, "document")

    old = shop.upload(("document", "a.pdf", PDF), path="/api/2.0/", fields={"method": "order.respond"})
    assert "document: is a file, which order.respond does not take; name its field attach" in old.body["error_message"]
    assert shop.listed() == []


def test_a_post_never_names_a_file_that_was_not_kept(shop: PostShop, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = AttachmentFiles.keep

    def fails_at_the_second(files: AttachmentFiles, attachment: Any, content: bytes) -> None:
        if attachment.attach_id.endswith("2"):
            raise ClientError({"Error": {"Code": "SlowDown", "Message": "a.png"}}, "PutObject")
        kept(files, attachment, content)

    with monkeypatch.context() as broken:
        broken.setattr(AttachmentFiles, "keep", fails_at_the_second)
        files = [("attach", "a.pdf", PDF), ("attach", "a.png", PNG)]
        refused = shop.upload(*files, key="k-1")
    assert (refused.status, refused.body["errors"][0]["field"]) == (503, "attach")
    assert "nothing was posted" in refused.body["detail"]
    assert (shop.listed(), shop.ses.sent) == ([], [])

    repeated = shop.upload(*files, key="k-1")
    assert [file["name"] for file in repeated.body["attachments"]] == ["a.pdf", "a.png"]
    for file in repeated.body["attachments"]:
        got = shop.caller.send("/uber.attachment_get", query=f"attach_id={file['attach_id']}", http_method="GET")
        assert len(got.body) == file["size_bytes"]


def test_repeating_a_call_with_a_file_keeps_it_once(shop: PostShop) -> None:
    first = shop.upload(("attach", "a.pdf", PDF), key="k-1")
    again = shop.upload(("attach", "a.pdf", PDF), key="k-1")
    other = shop.upload(("attach", "a.pdf", PDF + b"!"), key="k-1")

    assert again.body == first.body
    assert other.status == 409
    assert (len(shop.kept()), len(shop.ses.sent)) == (1, 1)


def test_what_is_kept_says_its_own_kind(shop: PostShop) -> None:
    shop.upload(("attach", "a.csv", b"a;b"))
    head = aws.s3().head_object(Bucket=BUCKET, Key=shop.kept()[0])

    assert head["ContentType"] == "text/csv"


@pytest.mark.parametrize("attach_id", ["13", "10", "999", "1", "0"])
def test_a_file_that_is_not_there_is_said_not_to_be(shop: PostShop, attach_id: str) -> None:
    shop.upload(("attach", "a.pdf", PDF))
    answer = shop.caller.send("/uber.attachment_get", query=f"attach_id={attach_id}", http_method="GET")

    assert (answer.status, answer.body["detail"]) == (404, f"Attachment ID '{attach_id}' not found.")


def test_files_of_a_post_need_a_post(shop: PostShop) -> None:
    shop.post()
    assert shop.caller.data("uber.attachment_list", {"id": 1}) == []
    assert shop.caller.call("uber.attachment_list", {"id": 2}).status == 404
    assert shop.caller.call("uber.attachment_list", {"id": 1, "order_id": "999"}).status == 400
    nothing = shop.caller.call("uber.attachment_list", {})
    assert (nothing.status, nothing.body["errors"][0]["field"]) == (400, "id")


@pytest.mark.parametrize("kind", ["order_ticket", "order", ""])
def test_files_of_orders_have_ubersmiths_type_and_ours(shop: PostShop, kind: str) -> None:
    shop.upload(("attach", "a.pdf", PDF))

    assert list(shop.caller.data("uber.attachment_list", {"id": 1, "attach_type": kind})) == ["11"]
    assert list(shop.caller.data("uber.attachment_list", {"attach_id": 11, "attach_type": kind})) == ["11"]
    file = shop.caller.send("/uber.attachment_get", query=f"attach_id=11&attach_type={kind}", http_method="GET")
    assert file.body == PDF


@pytest.mark.parametrize("kind", ["ticket", "comment", "doc", "email", "quote"])
@pytest.mark.parametrize("method", ["uber.attachment_list", "uber.attachment_get"])
def test_files_of_what_is_not_kept_here_are_refused_by_name(shop: PostShop, method: str, kind: str) -> None:
    refused = shop.caller.call(method, {"attach_id": "11", "attach_type": kind})

    assert (refused.status, refused.body["errors"][0]["field"]) == (400, "attach_type")
    assert "order_ticket" in refused.body["detail"]


def test_one_file_of_a_post_is_listed_by_its_number(shop: PostShop) -> None:
    shop.upload(("attach", "a.pdf", PDF), ("attach", "b.png", PNG))
    shop.upload(("attach", "c.pdf", PDF))

    assert list(shop.caller.data("uber.attachment_list", {"attach_id": "12"})) == ["12"]
    assert shop.caller.data("uber.attachment_list", {"id": "2", "attach_id": "12"}) == []
    assert shop.caller.call("uber.attachment_list", {"attach_id": "12", "order_id": "999"}).status == 400
    assert shop.caller.call("uber.attachment_list", {"attach_id": "91"}).status == 404


def test_files_are_personal_data_of_their_queue(shop: PostShop) -> None:
    shop.upload(("attach", "a.pdf", PDF))
    elsewhere = Grant(rights=ROLES["admin"], queues=frozenset({3}))

    assert shop.as_user(Grant(rights=ROLES["viewer"]), "uber.attachment_get", attach_id="11").status == 403
    assert shop.as_user(elsewhere, "uber.attachment_get", attach_id="11").status == 403
    assert shop.as_user(elsewhere, "uber.attachment_list", id="1").status == 403
    assert shop.as_user(Grant(rights=ROLES["billing"]), "uber.attachment_get", attach_id="11").body == PDF


def test_random_bytes_survive_the_way(shop: PostShop) -> None:
    """With many line ends and pieces of the boundary in them."""
    noise = b"".join(hashlib.sha256(bytes([number])).digest() + b"\r\n--front\r\n--frontie\r" for number in range(256))
    content = BEGINNINGS["zip"] + noise * 60
    shop.upload(("attach", "a.zip", content))

    got = shop.caller.send("/uber.attachment_get", query="attach_id=11", http_method="GET")
    assert got.body == content
