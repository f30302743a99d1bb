"""Every seventh mutant, and some hundred malformed inputs; the commands of the files try all."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import fuzz
import mutants


def test_every_seventh_mutant_is_caught() -> None:
    every = mutants.mutants()
    assert len(every) >= 200
    assert set(mutants.EQUIVALENT) <= {mutant.what for mutant in every}
    assert mutants.survivors(every[::7]) == []


def test_malformed_input_is_refused(tmp_path: Path) -> None:
    said, refused = fuzz.failures(tmp_path, 140)
    assert said == []
    assert refused > 70
