"""Files to save. A browser must not show or run one, because nobody has checked its content."""

import re
from collections.abc import Mapping
from urllib.parse import quote


def download_headers(name: str) -> Mapping[str, str]:
    """`name`: a stranger's. https://datatracker.ietf.org/doc/html/rfc6266"""
    plain = re.sub(r"[^ -~]|[\"\\]", "_", name)
    named = f'attachment; filename="{plain}"'
    if plain != name:
        named += f"; filename*=UTF-8''{quote(name, safe='')}"
    return {"Content-Disposition": named, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
