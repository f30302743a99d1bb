"""docs/architecture.md is what the imports are, and the layers of the house hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import architecture


def test_the_page_is_drawn_from_the_imports() -> None:
    text = architecture.PAGE.read_text(encoding="utf-8")
    assert text == architecture.page(text), "run: python tests/architecture.py"


def test_arrows_that_follow_from_others_are_left_out_and_circles_refused() -> None:
    imports = {"d.a": set[str](), "d.b": {"d.a"}, "d.c": {"d.a", "d.b"}, "d.f.x": {"d.c"}}
    assert architecture.arrows(imports, ("f",)) == [("a", "b"), ("b", "c"), ("c", "f/")]
    with pytest.raises(SystemExit, match="a circle"):
        architecture.arrows({**imports, "d.a": {"d.c"}}, ("f",))


def test_the_library_does_not_import_its_instances_or_tools() -> None:
    for module, used in architecture.lean_imports().items():
        if module.partition(".")[0] == "DeepLinear":
            assert all(one.partition(".")[0] == "DeepLinear" for one in used), module
        if module.partition(".")[0] == "DeepLinearExamples":
            assert not any(one.startswith("Tools.") for one in used), module
        if module.startswith("DeepLinear.ForMathlib"):
            assert all(one.startswith("DeepLinear.ForMathlib") for one in used), module


def test_the_layers_of_the_package_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=architecture.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
