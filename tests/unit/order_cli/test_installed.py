"""The command `order` is there after `make setup`, from every folder."""

import subprocess
import sysconfig
from pathlib import Path


def test_order_works_from_another_folder(tmp_path: Path) -> None:
    command = Path(sysconfig.get_path("scripts")) / "order"

    done = subprocess.run([command, "--help"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    for name in ("worklist", "search", "get", "pause", "bulk"):
        assert name in done.stdout
