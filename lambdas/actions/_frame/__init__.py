"""The frame around every module: claim, run, settle, undo."""
