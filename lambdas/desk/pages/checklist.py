"""The checklist of an order as a picture: each step with its actions, each action with a mark and a word."""

from collections.abc import Mapping

from lambdas.desk.acts.act import Act
from lambdas.desk.pages.times import moment
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.steps import StepStatus
from lambdas.runtime.models import Frozen

_WORDS = {
    ActionState.RUNNING: ("running", "running"),
    ActionState.WAITING: ("waiting", "waiting"),
    ActionState.FAILED: ("failed", "failed"),
    ActionState.DONE: ("done", "done"),
    ActionState.SKIPPED: ("skipped", "skipped"),
    ActionState.UNDONE: ("undone", "taken back"),
}
_STEPS = {StepStatus.LEADS: "Lead", StepStatus.COMPLETE: "Complete", StepStatus.CANCELED: "Canceled"}


class ActionPicture(Frozen):
    """`mark`: done, running, waiting, failed, skipped, undone or ahead. `about`: who does it and how, in words."""

    action_id: int
    name: str
    mark: str
    word: str
    about: str
    reason: str
    when: str
    by: str
    acts: tuple[Act, ...] = ()


class StepPicture(Frozen):
    """`place`: passed, here or ahead."""

    step_id: int
    name: str
    place: str
    actions: tuple[ActionPicture, ...]


def checklist_of(order: Order, acts: Mapping[int, tuple[Act, ...]]) -> tuple[StepPicture, ...]:
    """The steps that the order passes, and Canceled only if it is there. `acts`: by action."""
    shown = [
        step
        for step in order.checklist_steps
        if step.status is not StepStatus.CANCELED or order.step_status is StepStatus.CANCELED
    ]
    here = [step.step_id for step in shown].index(order.step_id)
    return tuple(
        StepPicture(
            step_id=step.step_id,
            name=step.name,
            place=_place(order, at, here),
            actions=tuple(
                _action(order, action, acts.get(action.action_id, ())) for action in order.actions_of(step.step_id)
            ),
        )
        for at, step in enumerate(shown)
    )


def _place(order: Order, at: int, here: int) -> str:
    if at == here:
        return "here"
    if order.step_status is StepStatus.CANCELED:
        return "left"
    return "passed" if at < here else "ahead"


def _action(order: Order, action: ChecklistAction, acts: tuple[Act, ...]) -> ActionPicture:
    mark, word = mark_of(order, action)
    wait = order.waits.get(str(action.action_id))
    return ActionPicture(
        action_id=action.action_id,
        name=action.name,
        mark=mark,
        word="overdue" if wait and wait.overdue and mark == "waiting" else word,
        about=_about(action, wait),
        reason="" if _is_given_up(order, action) else action.reason,
        when=moment(order.at_of(action)),
        by=action.by,
        acts=acts,
    )


def mark_of(order: Order, action: ChecklistAction) -> tuple[str, str]:
    """The mark and the word of an action. One that failed and waits for a person is failed."""
    if _is_given_up(order, action):
        return "ahead", "not done"
    if action.requested_at is not None and action.state in (ActionState.WAITING, ActionState.FAILED):
        return "running", "about to run"
    if action.failed_last and action.state is ActionState.WAITING:
        return "failed", "failed"
    if action.state in _WORDS:
        return _WORDS[action.state]
    if str(action.action_id) in order.waits:
        return "waiting", "waiting"
    return "ahead", "not done" if order.step_status is StepStatus.CANCELED else "ahead"


def _is_given_up(order: Order, action: ChecklistAction) -> bool:
    """Whether a cancel left it unfinished: nobody waits for it any more. One that runs may still answer until all is undone."""
    if order.step_status is not StepStatus.CANCELED or action.failed_last:
        return False
    return action.state is ActionState.WAITING or (action.state is ActionState.RUNNING and order.unwound_at is not None)


def _about(action: ChecklistAction, wait: Wait | None) -> str:
    how = "automatic" if action.automatic else f"done by {action.owner}"
    due = f", due {moment(wait.due_at)}" if wait and wait.due_at else ""
    return f"{how}{', optional' if action.optional else ''}{due}"


def state_of(order: Order) -> tuple[str, str]:
    """The mark and a few words for a whole order: what matters most about it now."""
    match order.step_status:
        case StepStatus.COMPLETE:
            return "done", "complete"
        case StepStatus.CANCELED:
            return "undone", "canceled" if order.unwound_at or not order.submitted_at else "canceled, being taken back"
        case StepStatus.LEADS:
            return ("waiting", "lead to review") if order.review_at is not None else ("ahead", "lead")
        case _:
            return _state_on_the_way(order)


def _state_on_the_way(order: Order) -> tuple[str, str]:
    if order.machine_stopped_at is not None:
        return "failed", "stopped"
    found = [(*mark_of(order, action), action.name) for action in order.actions_of(order.step_id)]
    for wanted in ("failed", "waiting", "running"):
        for mark, word, name in found:
            if mark == wanted:
                return mark, f"{name}: {word}"
    return "running", "in progress"


def step_word(order: Order) -> str:
    return _STEPS.get(order.step_status, order.step.name)
