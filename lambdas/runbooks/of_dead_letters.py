"""The runbook that sends dead letters of order changes again. A letter that was sent is gone, so a repeat does nothing."""

from lambdas.redrive.redriving import Readers, preview, redrive
from lambdas.runbooks.parts import RunbookParts
from lambdas.runbooks.starter import Started
from lambdas.runtime.aws import dynamodb, dynamodb_streams, lambda_functions, sqs


def replay_dead_letters(parts: RunbookParts, started: Started) -> str:
    """Show the letters, or send them. Letters that remain are named, and are no refusal."""
    told: list[str] = []
    readers = Readers(
        sqs=sqs(),
        streams=dynamodb_streams(),
        functions=lambda_functions(),
        dynamodb=dynamodb(),
        dead_letters=parts.settings.dead_letters,
        names=tuple(parts.settings.readers.split(",")),
        order_table=parts.settings.order_table,
    )
    if started.values.is_yes("Preview"):
        preview(readers, told.append)
        told.append("to send them, start this with Preview: no")
    else:
        redrive(readers, told.append, parts.has_time)
    return "; ".join(told)
