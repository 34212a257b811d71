"""The embedded engine: MiniStack, corrected where it differs from AWS in a way this product would notice.

Runs in the engine's own Python environment (dependency group `engine`), never in the project's:
`python -m infra.local.engine`, started and stopped by `infra/local/engine_process.py`. Each correction is a module of its own
that says which AWS behaviour it restores and where AWS documents it; `corrections.py` lists them all.
"""
