"""Reasons why a stage cannot be used."""


class StageError(ValueError):
    """A stage cannot be used as it is. The message says why and how to fix it."""


class UnknownStageError(StageError):
    """The stage asked for has no settings, or this machine cannot run it."""


class StageFileError(StageError):
    """A stage's file cannot be read, or says something that is no setting."""
