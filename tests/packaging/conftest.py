from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.cli.making import ROOT, environment, once


@pytest.fixture(scope="session")
def wheel(base: Path) -> Path:
    """The students' wheel, built as `make students` does."""

    def build(folder: Path) -> None:
        script = ROOT / "packaging" / "students" / "build.py"
        env = environment(folder, PYTHONPATH="", GRADER_SECRET="")
        done = subprocess.run(
            [sys.executable, script, "--out", folder / "dist"],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    (found,) = (once(base, "students", build) / "dist").iterdir()
    return found


@pytest.fixture(scope="session")
def python(base: Path, wheel: Path) -> Path:
    """The interpreter of an environment that has the wheel, and all else from ours but the project itself."""

    def make(folder: Path) -> None:
        venv.create(folder / "env", with_pip=False, symlinks=True)
        (packages,) = (folder / "env" / "lib").glob("python3*/site-packages")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(packages)
        # A folder named in a .pth file is searched, but the .pth files in it are not: no editable install.
        (packages / "ours.pth").write_text(sysconfig.get_path("purelib") + "\n")

        # Colab and others have plugins of pytest installed, of any quality: none is ever loaded.
        plugin = packages / "broken_plugin-1.0.dist-info"
        plugin.mkdir()
        (plugin / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-plugin\nVersion: 1.0\n")
        (plugin / "entry_points.txt").write_text("[pytest11]\nbroken = broken_plugin_that_is_not_there\n")

    return once(base, "students_env", make) / "env" / "bin" / "python"
