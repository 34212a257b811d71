"""Finds the texts that buyers read, brings the translations up to date and compiles them: `make texts`.

`translations/<tag>.po` is written by translators: new texts are added to it without a translation, and those that are gone
are removed. A file without a gap becomes `lambdas/languages/<tag>/buyers.mo`, beside what CLDR knows of the language. With
`--check`, nothing is written, and whatever is missing is named. Exits with 1 if a language is not complete.
"""

import contextlib
import io
import logging
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from infra.generate.languages import formats_json
from lambdas.languages.language import CATALOG, FORMATS, SOURCE

ROOT = Path(__file__).resolve().parents[2]
TRANSLATIONS, LANGUAGES = ROOT / "translations", ROOT / "lambdas" / "languages"
_PYPROJECT = str(ROOT / "pyproject.toml")


def main(words: Sequence[str] = ()) -> int:
    logging.getLogger("babel").setLevel(logging.WARNING)
    template, problems = found_texts(), []
    write = "--check" not in words
    for file in sorted(TRANSLATIONS.glob("*.po")):
        catalog = updated(file, template)
        problems += _written(file, po_of(catalog), write=write)
        gaps = [f"{file.name}: {gap}" for gap in gaps_of(catalog)]
        problems += gaps
        if not gaps:
            problems += _written(LANGUAGES / file.stem / CATALOG, mo_of(catalog), write=write)
        problems += _written(LANGUAGES / file.stem / FORMATS, formats_json(file.stem).encode(), write=write)
    problems += _written(LANGUAGES / SOURCE / FORMATS, formats_json(SOURCE).encode(), write=write)
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    return 1 if problems else 0


def found_texts() -> Catalog:
    """All texts that are marked, as pyproject.toml says where and how."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(ROOT):
        file = Path(folder) / "buyers.pot"
        CommandLineInterface().run(  # type: ignore[no-untyped-call]
            [
                "pybabel",
                "--quiet",
                "extract",
                "--mapping-file",
                _PYPROJECT,
                "--output-file",
                str(file),
                "lambdas",
            ]
        )
        return read_po(io.BytesIO(file.read_bytes()))


def updated(file: Path, template: Catalog) -> Catalog:
    """The translations of the file for the texts of the template. What is new has none, and nothing is guessed."""
    with file.open("rb") as content:
        catalog = read_po(content, locale=file.stem.replace("-", "_"), domain="buyers")
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    catalog.header_comment, catalog.fuzzy = f"# Texts for buyers. `make texts` adds what is new: {file.stem}.", False
    catalog.project, catalog.version, catalog.last_translator = "order-queues", "", ""
    catalog.language_team, catalog.msgid_bugs_address = file.stem, ""
    return catalog


def gaps_of(catalog: Catalog) -> Iterator[str]:
    """The reasons not to offer the language: texts without a translation, guesses, and placeholders that differ."""
    for message in catalog:
        if not message.id:
            continue
        text, translated = repr(_texts(message.id)[0]), _texts(message.string)
        if message.fuzzy:
            yield f"the translation of {text} is marked as fuzzy; check it and remove the mark"
        elif not all(translated) or len(translated) < (catalog.num_plurals if message.pluralizable else 1):
            yield f"{text} has no translation"
        elif problem := _differing(message):
            yield f"the translation of {text} {problem}"


def _differing(message: Message) -> str:
    """How the placeholders of a translation differ from its text's. One form of a plural may leave the number out."""
    wanted = set().union(*map(placeholders, _texts(message.id)))
    for each in _texts(message.string):
        found = placeholders(each)
        if found - wanted or (wanted - found and not message.pluralizable):
            return f"has the placeholders {sorted(found)}, and must have {sorted(wanted)}"
    return ""


def placeholders(text: str) -> set[str]:
    """The names between braces. Raises ValueError for a brace that stands alone."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _texts(found: object) -> tuple[str, ...]:
    """A text, or the forms of a plural."""
    return tuple(map(str, found)) if isinstance(found, tuple | list) else (str(found or ""),)


def po_of(catalog: Catalog) -> bytes:
    content = io.BytesIO()
    write_po(content, catalog, width=120, no_location=True, sort_output=True)
    return content.getvalue()


def mo_of(catalog: Catalog) -> bytes:
    content = io.BytesIO()
    write_mo(content, catalog)
    return content.getvalue()


def _written(file: Path, content: bytes, *, write: bool) -> list[str]:
    if file.is_file() and file.read_bytes() == content:
        return []
    if not write:
        return [f"{file.relative_to(ROOT)} is not up to date: run make texts"]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
