"""Cross-check of a Lean formalization of deep linear networks.

The Lean files state and prove; this package takes the statements and the concrete instances that
Lean exports (:mod:`deeplinear.lean`), recomputes them exactly over the rationals
(:mod:`deeplinear.exact`), explores them in floating point (:mod:`deeplinear.numeric`), and reports
what held (:mod:`deeplinear.checks`, :mod:`deeplinear.report`).
"""

from deeplinear.errors import BadInput, LeanFailed

__all__ = ["BadInput", "LeanFailed", "__version__"]

__version__ = "0.1.0"
