"""`make compile`: write each queue's machine beside it and say what it costs. With `--check`, write nothing and compare."""

import sys

from lambdas.orders.queue import QUEUES_ROOT, Queue, load_queues
from statemachines.checks import QueueError
from statemachines.compiler import compile_queue, to_json

MICRODOLLARS_PER_TRANSITION = 25  # US$0.025 per 1,000, reference order-systems D8


def happy_path_transitions(queue: Queue) -> int:
    """States entered when every action is automatic and succeeds: start, Leads, the boxes, the actions, Complete."""
    boxes = [step for step in queue.ordinary_steps if step.actions]
    return 3 + len(boxes) + sum(len(step.actions) for step in boxes)


def main(only_check: bool) -> int:
    failed = 0
    for queue in load_queues().values():
        try:
            compiled = to_json(compile_queue(queue))
        except QueueError as error:
            print(error, file=sys.stderr)
            failed = 1
            continue
        file = QUEUES_ROOT / queue.key / "machine.asl.json"
        if only_check:
            if not file.exists() or file.read_text(encoding="utf-8") != compiled:
                print(
                    f"{file.relative_to(QUEUES_ROOT.parent)} is not what its queue compiles to: run `make compile`",
                    file=sys.stderr,
                )
                failed = 1
            continue
        file.write_text(compiled, encoding="utf-8")
        transitions = happy_path_transitions(queue)
        price = transitions * MICRODOLLARS_PER_TRANSITION / 1_000_000
        print(
            f"{queue.key}: {len(queue.steps)} steps, {len(queue.actions)} actions, {transitions} transitions, ${price:.6f} an order"
        )
    return failed


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
