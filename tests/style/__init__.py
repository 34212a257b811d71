"""The rules of docs/style.md that a program can check: `python -m tests.style [folder ...]`, in `make check` for held folders."""
