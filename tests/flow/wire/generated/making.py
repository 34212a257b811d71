"""Makes the clients, with the generators as they come from their registries."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from infra import use_bundled_node

ROOT = Path(__file__).resolve().parents[4]
DOCUMENT = ROOT / "docs" / "openapi.json"
PACKAGE = "order_queues_client"
HERE = Path(__file__).parent


def run(command: Sequence[str | Path], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    use_bundled_node()
    found = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={**os.environ, "PATH": found, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def python_client(folder: Path) -> subprocess.CompletedProcess[str]:
    """The package, in `folder`."""
    generator = Path(sys.executable).with_name("openapi-python-client")
    return run([generator, "generate", "--path", DOCUMENT, "--output-path", folder / PACKAGE, "--meta", "none"], folder)


def typescript_types(folder: Path) -> subprocess.CompletedProcess[str]:
    """`api.ts`, in `folder`."""
    return run([ROOT / "node_modules" / ".bin" / "openapi-typescript", DOCUMENT, "-o", folder / "api.ts"], folder)


def type_checked(program: Path) -> subprocess.CompletedProcess[str]:
    flags = "--noEmit --strict --target es2023 --module nodenext --allowImportingTsExtensions --lib es2023,dom"
    return run([ROOT / "node_modules" / ".bin" / "tsc", *flags.split(), program], program.parent)
