"""Where the instances come from: for now a file of data, later the export of the Lean files."""

from __future__ import annotations

from pathlib import Path

from deeplinear.instances import Instances, parse

DATA = Path(__file__).resolve().parent / "data" / "instances.json"


def load_instances(path: Path = DATA) -> Instances:
    """Read the instances."""
    return parse(Instances, path.read_bytes(), path)
