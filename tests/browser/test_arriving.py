"""A page that arrives in parts, as on a slow network, stands still: what was painted is not moved by what comes after it."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Browser

from lambdas.sandbox_provider.web import Shop, page
from tests.browser.measured import SHIFTS, shifts_of

_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@contextmanager
def sent_in_parts(parts: tuple[str, str], go_on: threading.Event) -> Iterator[str]:
    """The address of the page, whose second part is sent when `go_on` is set."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            for part in parts:
                self.wfile.write(part.encode())
                self.wfile.flush()
                go_on.wait(20)

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        go_on.set()
        server.shutdown()
        serving.join()
        server.server_close()


def test_nothing_moves_wherever_the_page_is_cut(browser: Browser) -> None:
    numbers = (("4242 4242 4242 4242", "is approved"),)
    whole = str(page("card.html", shop=Shop("/forms/hosting/return", "s"), errors={}, numbers=numbers)["body"])
    context = browser.new_context()
    context.add_init_script(SHIFTS)
    try:
        for cut in [found.end() for found in re.finditer(r"<(?:label|button|details|summary)\b[^>]*>", whole)]:
            go_on, shown = threading.Event(), context.new_page()
            with sent_in_parts((whole[:cut], whole[cut:]), go_on) as url:
                shown.goto(url, wait_until="commit")
                shown.evaluate(_FRAMES)
                go_on.set()
                shown.wait_for_load_state()
                shown.evaluate(_FRAMES)
                assert shifts_of(shown) == 0, whole[cut - 40 : cut]
            shown.close()
    finally:
        context.close()
