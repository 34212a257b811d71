"""Arabic without a translator, for tests: each letter of a text becomes an Arabic one, and the formats are CLDR's.

A page in it shows at once which text was not translated, and how pages look from right to left.
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from babel.messages.pofile import read_po

from infra.generate.languages import formats_json
from infra.generate.texts import found_texts, mo_of
from lambdas.languages import language as languages
from lambdas.languages.translated import Translated

Part = TypeVar("Part", bound=Translated)
TAG = "ar"
ARABIC = Path(__file__).resolve().parents[2] / "data" / "languages" / "ar.po"
_LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "ابتثجحخدذرزسشصضطظعغفقكلمنهابتثجحخدذرزسشصضطظعغفقكلمنه"
)
_PLACE = re.compile(r"(\{[a-z_]+\}|##[a-z_]+##)")
_TEXTS = (
    "title", "text", "description", "thanks", "when_complete", "seller", "withdrawal", "obliging_button", "label", "help",
    "missing", "none_text", "button", "url_text", "detail", "note", "pattern_text", "signature_label", "features",
    "sendlink_sub", "sendlink_body",
)  # fmt: skip
"""Names of the texts in files of forms, plans and queues. Their `name` is one where nothing else shows it."""


def pseudo(text: str) -> str:
    return "".join(part if _PLACE.fullmatch(part) else part.translate(_LETTERS) for part in _PLACE.split(text))


@cache
def _translated() -> dict[str, str]:
    with ARABIC.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def arabic(text: str) -> str:
    """As a person translated it, for pages that are looked at; letters for what nobody did."""
    return _translated().get(text) or pseudo(text)


def write_arabic(folder: Path, translate: Callable[[str], str] = pseudo) -> None:
    """Make the language of everything that is marked now, and let the code find it there."""
    catalog = found_texts()
    catalog.locale = TAG
    for message in catalog:
        if message.id:
            forms = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            string = tuple(translate(forms[-1]) for _ in range(catalog.num_plurals))
            message.string = string[0] if isinstance(message.id, str) else string
    place = folder / TAG
    place.mkdir(parents=True)
    (place / languages.CATALOG).write_bytes(mo_of(catalog))
    (place / languages.FORMATS).write_text(formats_json(TAG), "utf-8")


def with_arabic_texts(part: Part, translate: Callable[[str], str] = pseudo, *, named: bool = False) -> Part:
    """The same with `i18n.ar` for each of its texts, and those of its parts. `named`: its name is shown too."""
    changes: dict[str, Any] = {}
    texts: dict[str, Any] = {}
    for field in type(part).model_fields:
        value = getattr(part, field)
        if value and (field in _TEXTS or (named and field == "name")):
            if isinstance(value, str):
                texts[field] = translate(value)
            elif isinstance(value, tuple) and all(isinstance(each, str) for each in value):
                texts[field] = tuple(map(translate, value))
        shown = field in ("steps", "actions", "upgrades", "options")
        if isinstance(value, tuple) and any(isinstance(each, Translated) for each in value):
            changes[field] = tuple(with_arabic_texts(each, translate, named=shown) for each in value)
        elif isinstance(value, dict) and any(isinstance(each, Translated) for each in value.values()):
            changes[field] = {key: with_arabic_texts(each, translate, named=shown) for key, each in value.items()}
    made = part.changed(**changes, i18n={**part.i18n, TAG: texts})
    for cached in (
        "fields",
        "_spoken",
        "actions",
        "ordinary_steps",
        "leads",
        "complete",
        "canceled",
        "required_actions",
    ):
        made.__dict__.pop(cached, None) if cached not in type(made).model_fields else None
    return made
