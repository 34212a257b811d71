"""`make diagram`: each queue as a picture for people, docs/queues/<queue>.md. With `--check`, write nothing and compare.

The queues are ours, or those of the folder that the variable STAGES names, whose pictures are in its own docs/queues.

The machine's own picture in the AWS console shows runs, waits and gates; this one shows what the queue's author wrote: who
does what, after what, until when. GitHub draws it (https://mermaid.js.org/syntax/flowchart.html).
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from infra.stages.owned_files import owned_files, shown
from lambdas.orders.model.queue import QUEUES_ROOT, Action, Queue, Step, load_queues

DOCS = QUEUES_ROOT.parent / "docs" / "queues"

_LEGEND = """\
Rectangles run automatically, slanted boxes wait to be processed by hand; a dashed border is optional and holds nothing up.
An arrow between actions is a prereq, a thick arrow is the way of the order. Under each action stand its id and module, then who
acts when it waits, and within which time. Rounded ends are the queue's fixed steps; an order can be canceled from every other.
"""
_STYLES = """\
    classDef automatic fill:#e8f1fb,stroke:#3b73af,color:#14304f
    classDef by_hand fill:#fdf3dc,stroke:#b7791f,color:#4a3209
    classDef optional stroke-dasharray: 5 4
    classDef fixed fill:#eeeeee,stroke:#666666,color:#222222
    classDef empty fill:none,stroke:none,color:#666666
"""
# What means something in a quoted label: Mermaid writes characters as #name; or #number;.
_ESCAPES = str.maketrans(
    {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "\\": "#92;"}
)


def page_of(queue: Queue, root: str = QUEUES_ROOT.name) -> str:
    """The content of the queue's page: the same text for the same queue. `root`: the folder of queues, as the page names it."""
    switched = "" if queue.active else ", not active"
    return (
        f"# Queue {queue.order_queue_id}: {_one_line(queue.name)}\n\n"
        f"Drawn from `{root}/{queue.key}/queue.toml` by `make diagram`; do not edit. Brand {queue.brand_id}{switched}.\n\n"
        f"```mermaid\n{flowchart(queue)}```\n\n{_LEGEND}"
    )


def flowchart(queue: Queue) -> str:
    """The queue in Mermaid's words."""
    lines = [_fixed(queue.leads), *(line for step in queue.ordinary_steps for line in _box(step))]
    lines += [_fixed(queue.complete), _fixed(queue.canceled)]
    return "flowchart TD\n" + "".join(f"    {line}\n" for line in [*lines, *_way(queue), *_prereqs(queue)]) + _STYLES


def pages(queues: Mapping[int, Queue], root: str = QUEUES_ROOT.name) -> dict[str, str]:
    return {f"{queue.key}.md": page_of(queue, root) for queue in queues.values()}


def stale(wanted: Mapping[str, str], folder: Path) -> list[str]:
    """The pages that are not what the queues give, those of removed queues among them."""
    found = {file.name: file.read_text("utf-8") for file in folder.glob("*.md")}
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def main(arguments: Iterable[str], folder: Path | None = None) -> int:
    owned = owned_files("")
    if folder is None:
        folder = owned.folder / "docs" / "queues" if owned.folder and owned.has_own_queues else DOCS
    wanted = pages(load_queues(owned.queues), owned.queues.name)
    differing = stale(wanted, folder)
    place = shown(folder)
    if "--check" in arguments:
        for name in differing:
            sys.stderr.write(f"{place}/{name} is not what its queue gives: run `make diagram`\n")
        return 1 if differing else 0
    folder.mkdir(parents=True, exist_ok=True)
    for name in differing:
        if name in wanted:
            (folder / name).write_text(wanted[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    sys.stdout.write("".join(f"{place}/{name}\n" for name in wanted))
    return 0


def _fixed(step: Step) -> str:
    until = f"<br/>expires after {step.expires_after_days} days" if step.expires_after_days else ""
    return f'{_of_step(step)}(["<b>{_label(step.name)}</b><br/>step {step.id}, fixed{until}"]):::fixed'


def _box(step: Step) -> Iterator[str]:
    yield f'subgraph {_of_step(step)}["{_label(step.name)} (step {step.id})"]'
    if not step.actions:
        yield f'    {_of_step(step)}_empty["no actions: orders pass through"]:::empty'
    for action in step.actions:
        yield f"    {_node(action)}"
    yield "end"


def _node(action: Action) -> str:
    """Shape and class by how it runs; both, because a shape is read without colours and a class without shapes."""
    how = "automatic" if action.automatic else "by hand"
    optional = ", optional" if action.optional else ""
    lines = [
        f"<b>{_label(action.name)}</b>",
        f"{action.id} {action.module}",
        f"{how}{optional}",
        f"{_label(action.owner)}, {action.due_hours} h",
    ]
    left, right = ("[", "]") if action.automatic else ("[/", "/]")
    return f'{_of_action(action.id)}{left}"{"<br/>".join(lines)}"{right}:::{how.replace(" ", "_")}'


def _way(queue: Queue) -> Iterator[str]:
    places = [queue.leads, *queue.ordinary_steps, queue.complete]
    for index, (step, following) in enumerate(pairwise(places)):
        submit = '|"submit"|' if index == 0 else ""
        yield f"{_of_step(step)} ==>{submit} {_of_step(following)}"
    yield f'{_of_step(queue.leads)} -.->|"expiry"| {_of_step(queue.canceled)}'


def _prereqs(queue: Queue) -> Iterator[str]:
    for action in queue.actions:
        for needed in action.prereqs:
            yield f"{_of_action(needed)} --> {_of_action(action.id)}"
    if optional := ",".join(_of_action(action.id) for action in queue.actions if action.optional):
        yield f"class {optional} optional"


def _of_step(step: Step) -> str:
    return f"step_{step.id}"


def _of_action(action_id: int) -> str:
    return f"action_{action_id}"


def _label(text: str) -> str:
    return _one_line(text).translate(_ESCAPES)


def _one_line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
