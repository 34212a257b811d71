"""Gives actions the reversals of payments, with their errors in the machine's classes."""

from collections.abc import Iterator
from contextlib import contextmanager

from lambdas.actions._frame.module import PermanentError, Tools, TransientError
from lambdas.payments.reversal import ReversalPendingError, ReversalRefusedError, Reversals


@contextmanager
def reversals(tools: Tools) -> Iterator[Reversals]:
    try:
        yield Reversals(tools.gateway, tools.records)
    except ReversalPendingError as pending:
        raise TransientError(str(pending)) from None
    except ReversalRefusedError as refused:
        raise PermanentError(str(refused)) from None
