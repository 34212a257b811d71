"""`python -m infra.generate.settings_page` writes docs/settings.md from the settings of a stage; with `--check` it exits with 1
if the file is outdated."""

import json
import re
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from infra.generate.generated_file import write_or_compare
from infra.stages.settings import SUBJECTS, StageSettings, tables_of

FILE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"
_HEAD = """# Settings of a stage

A stage is a file, `<stage>.toml`. The files of `infra/stages/` are samples. Keep your own in a folder of yours, and
name it with each command: `make deploy STAGES=~/our-stages STAGE=prod`. `make new-stage STAGES=~/our-stages` asks a few
questions and writes one.

What you sell lies beside your stage files, so that you never change this repository:

| file | what it is |
| --- | --- |
| `catalog/plans.toml` | your plans and prices, as in `lambdas/catalog/plans.toml` |
| `catalog/taxes.toml` | your taxes, as in `lambdas/catalog/taxes.toml` |
| `catalog/sellers.toml` | who sells, as invoices name it, as in `lambdas/catalog/sellers.toml` |
| `catalog/brands.toml` | under which names, in which colours and with which terms you sell, as in `lambdas/catalog/brands.toml` |
| `catalog/logos/*.png` | logos of brands |
| `queues/<queue>/queue.toml` | a queue, with the texts of its mails and notices, as in `statemachines/` |
| `queues/<queue>/form.toml` | its order form, with the texts that clients read |
| `queues/teams.toml` | your teams, as in `statemachines/teams.toml` |

`make new-stage` offers copies of our samples to begin with. With queues of your own, none of ours is deployed. After each
change of them, `make compile STAGES=~/our-stages` writes each queue's machine beside it, and refuses what cannot be sold, by
file and place. Without a file of yours, our sample stands in, and `make synth` names it; a stage that keeps its data is
refused instead. Coupons are in no file: they are data of each stage (`order.coupon_add`). The stage `local` of `make run`
always has our samples.

`make settings` writes this page from `infra/stages/subjects.py`.
"""
_TABLES = """## Tables

A setting that is a table is written as one: `card = { most = 4, seconds = 86400 }`.
"""


def page() -> str:
    """The page, in Markdown."""
    subjects = "".join(_section(f"## {_title(model)}", model) for model in SUBJECTS)
    tables = "".join(_section(f"### {_name(model)}", model, _text(model)) for model in _all_tables(StageSettings))
    return f"{_HEAD}\n{subjects}{_TABLES}\n{tables}".rstrip() + "\n"


def _section(heading: str, model: type[BaseModel], text: str = "") -> str:
    rows = "".join(_row(name, field) for name, field in model.model_fields.items())
    above = f"{text}\n\n" if text else ""
    return f"{heading}\n\n{above}| setting | default | meaning |\n| --- | --- | --- |\n{rows}\n"


def _row(name: str, field: FieldInfo) -> str:
    return f"| `{name}` | {_default(field)} | {field.description or ''}{_choices(field)} |\n"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "none: it must be there"
    value = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, BaseModel) and any(isinstance(each, BaseModel) for each in dict(value).values()):
        name = _name(type(value))
        return f"[{name.lower()}](#{name.lower().replace(' ', '-')})"
    return f"`{written(value)}`"


def written(value: Any) -> str:
    """A value as TOML has it. Texts of JSON are texts of TOML."""
    if isinstance(value, BaseModel):
        value = dict(value)
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {written(each)}' for key, each in value.items())} }}" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _choices(field: FieldInfo) -> str:
    words = getattr(field.annotation, "__args__", ())
    return (
        f" One of {', '.join(f'`{word}`' for word in words)}."
        if words and all(isinstance(w, str) for w in words)
        else ""
    )


def _all_tables(model: type[BaseModel]) -> list[type[BaseModel]]:
    found: dict[type[BaseModel], None] = {}
    for table in tables_of(model):
        found |= dict.fromkeys([table, *_all_tables(table)])
    return list(found)


def _title(model: type[BaseModel]) -> str:
    return _text(model).rstrip(".")


def _text(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").split())


def _name(model: type[BaseModel]) -> str:
    """`PublicThrottles` as people read it: public throttles."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model.__name__).capitalize()


def main(words: list[str]) -> int:
    outdated = "docs/settings.md is not what infra/stages/subjects.py says: run `make settings`"
    return write_or_compare(FILE, page(), words, outdated=outdated)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
