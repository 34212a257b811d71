"""The files of a call that are meant to be attached: fit to be kept, and without card numbers where those can be read."""

import re
from collections.abc import Iterable

from lambdas.api.auth.caller import Caller
from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.orders.errors import CardDataError
from lambdas.records.posts.attachment import NewFile, plain_name, refuse_unfit

_FIELD = "attach"
_TAG = re.compile(r"<[^<>]{0,1000}>")


def files_of(caller: Caller) -> list[NewFile]:
    """The files that came as `attach`, whatever the keys behind it. Raises what `refuse_unfit` does, and CardDataError."""
    files = [
        NewFile(file.field, plain_name(file.name), file.content)
        for file in caller.call.files
        if file.field.partition("[")[0].strip() == _FIELD
    ]
    refuse_unfit(files)
    for file in files:
        if any(has_card_number(text) for text in (file.name, *_texts(file))):
            raise CardDataError(file.field)
    return files


def _texts(file: NewFile) -> Iterable[str]:
    """The texts of a text file or a mail. Files of other kinds are not read."""
    if file.ending in ("txt", "csv"):
        wide = file.content.startswith((b"\xff\xfe", b"\xfe\xff"))
        return [file.content.decode("utf-16" if wide else "utf-8", errors="replace")]
    if file.ending == "eml":
        from email import message_from_bytes

        message = message_from_bytes(file.content)
        texts = (part.get_payload(decode=True) for part in message.walk() if part.get_content_maintype() == "text")
        stated = [text.decode(errors="replace") for text in texts if isinstance(text, bytes)]
        return [*map(str, message.values()), *stated, *(_TAG.sub("", text) for text in stated)]
    return []
