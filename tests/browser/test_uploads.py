"""Files on the status page: the browser names what is too large before it sends it, because API Gateway would refuse it first."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from lambdas import forms
from lambdas.forms.pages.templates import drawn
from lambdas.forms.status.client_answers import AskView, QuestionView
from lambdas.forms.status.uploaded_files import FILE_KINDS, file_limits, file_rule
from lambdas.records.posts.attachment import MAX_BYTES

ASK = AskView(
    action_id=1,
    title="Identity",
    stamp="1",
    text="",
    questions=(QuestionView(name="answer_1", text="Your passport", kind="file"),),
    again=False,
)
SCRIPT = Path(forms.__path__[0]) / "static" / "form.js"
TOO_MUCH = "Send at most 5 files, with 4 MB in all"


@pytest.mark.parametrize(
    "sizes", [[MAX_BYTES + 1], [MAX_BYTES // 2, MAX_BYTES // 2 + 1], [1] * 6], ids=["one", "two together", "too many"]
)
def test_files_that_do_not_fit_are_named_and_not_sent(browser: Browser, sizes: list[int]) -> None:
    page = browser.new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.route("**/*", lambda route: route.fulfill(body="received", content_type="text/html"))
    page.goto("http://shop.test/orders/x")
    page.set_content(_asks())
    page.add_script_tag(path=SCRIPT)
    files = page.get_by_label("Your passport")
    files.set_input_files([_file(number, size) for number, size in enumerate(sizes)])

    expect(page.get_by_role("alert")).to_have_text(TOO_MUCH)
    page.get_by_role("button", name="Send answer").click()
    assert sent == []
    expect(files).to_be_focused()

    files.set_input_files([_file(0, MAX_BYTES)])
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_text("received")).to_be_visible()
    assert len(sent) == 1


def _asks() -> str:
    limits = {"file_rule": file_rule(), "file_kinds": FILE_KINDS, "file_limits": file_limits()}
    return drawn("asks.html", asks=[ASK], ask_error="", ask_typed={}, action="/orders/x", hidden={}, **limits)


def _file(number: int, size: int) -> FilePayload:
    return {"name": f"{number}.pdf", "mimeType": "application/pdf", "buffer": b"x" * size}
