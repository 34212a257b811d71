"""The rules of docs/style.md that a program can check: `python -m tests.style [folder ...]`. Part of `make check`."""
