"""The wheel: what it holds, and that it runs in a bare environment, outside of the clone."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

SCRIPT = """
import sys, numpy as np, deeplinear
found = deeplinear.analyze([np.eye(2), np.diag([3.0, 1.0])], np.eye(2), np.diag([3.0, 1.0]))
print(found.verdict.name, deeplinear.__version__)
print(*sorted({"typer", "rich", "sympy", "matplotlib", "jinja2"} & set(sys.modules)))
"""


def run(*words: str | Path, cwd: Path) -> str:
    done = subprocess.run(list(map(str, words)), cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    run("git", "clone", "-q", ROOT, source, cwd=folder)
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, source, cwd=folder)
    return next(folder.glob("*.whl"))


def test_what_the_wheel_holds(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(next(n for n in names if n.endswith("METADATA"))).decode()
    assert "deeplinear/data/lean.json" in names
    assert "deeplinear/report/wording.md" in names
    assert "deeplinear/py.typed" in names
    assert "License-Expression: Apache-2.0" in metadata
    assert "Provides-Extra: report" in metadata
    assert not any(name.startswith("tests") for name in names)


def test_the_core_runs_in_a_bare_environment(wheel: Path, tmp_path: Path) -> None:
    """With what the core declares and nothing else; taken from here, so that nothing is fetched."""
    made = tmp_path / "bare"
    venv.EnvBuilder().create(made)
    python = made / "bin" / "python"
    site = next((made / "lib").glob("python*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    here = Path(next(p for p in sys.path if p.endswith("site-packages")))
    core = ("numpy", "scipy", "flint", "pydantic", "pydantic_core", "annotated_types")
    for name in (*core, "typing_inspection", "numpy.libs", "scipy.libs", "python_flint.libs"):
        if (here / name).exists():
            (site / name).symlink_to(here / name)
    (site / "typing_extensions.py").symlink_to(here / "typing_extensions.py")
    verdict, extras = run(python, "-c", SCRIPT, cwd=tmp_path).split("\n")[:2]
    assert verdict.startswith("GLOBAL_MINIMUM 0.")
    assert extras == ""


def test_the_help_comes_at_once_and_the_version_is_said() -> None:
    said = run(sys.executable, "-m", "deeplinear", "--version", cwd=ROOT)
    assert said.startswith("deeplinear 0.")
    code = (
        "import sys, deeplinear.cli; "
        "print({'sympy', 'scipy', 'numpy', 'flint', 'matplotlib'} & set(sys.modules))"
    )
    assert run(sys.executable, "-c", code, cwd=ROOT).strip() == "set()"
