"""Deep linear networks: where a network is in the landscape, with guarantees.

>>> import deeplinear
>>> weights, x, y = [[[1.0, 0.0]], [[0.0], [3.0]]], [[1, 0, 1], [0, 1, 1]], [[0, 0, 0], [3, 0, 3]]
>>> found = deeplinear.analyze(weights, x, y)
>>> found.verdict.name
'GLOBAL_MINIMUM'

The statements behind it are proved in Lean, in the same repository; ``deeplinear check`` runs them
on numbers.
"""

from __future__ import annotations

from typing import Any

from deeplinear.errors import BadInput, LeanFailed

__all__ = [
    "Analysis",
    "BadInput",
    "LeanFailed",
    "Network",
    "Problem",
    "Verdict",
    "__version__",
    "analyze",
    "classify",
    "escape",
    "flow",
    "load",
    "save",
]

__version__ = "0.3.0"

_FROM = {
    "Analysis": "analysis",
    "Network": "network",
    "Problem": "network",
    "Verdict": "analysis",
    "analyze": "analysis",
    "classify": "api",
    "escape": "api",
    "flow": "api",
    "load": "reading",
    "save": "reading",
}
"""Where each public name is: it is imported when it is first asked for."""


def __getattr__(name: str) -> Any:
    if name not in _FROM:
        raise AttributeError(f"module 'deeplinear' has no attribute {name!r}")
    import importlib

    found = getattr(importlib.import_module(f"deeplinear.{_FROM[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
