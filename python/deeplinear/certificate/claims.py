"""What a certificate claims of a network, with what proves it, and the checkers in Python.

Each ``holds`` decides what the Lean checker of the same claim does, on the same data, so that the
two accept and refuse the same certificates.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Protocol

from flint import fmpq_mat

from deeplinear import exact
from deeplinear.certificate.bound import Bound
from deeplinear.claim import Claim
from deeplinear.network import Problem
from deeplinear.solve import classify, escape


@dataclass(frozen=True)
class Net:
    """A network with its data, as ``DeepLinear.Certificate.Net`` holds it."""

    widths: tuple[int, ...]
    samples: int
    weights: tuple[fmpq_mat, ...]
    x: fmpq_mat
    y: fmpq_mat

    @classmethod
    def of(cls, given: Problem) -> Net:
        """Return a network with its data."""
        net = given.network
        return cls(net.widths, given.x.ncols(), net.weights, given.x, given.y)

    def is_shaped(self, weights: Sequence[fmpq_mat]) -> bool:
        """Tell whether weights have the shapes that the widths ask for."""
        wanted = [(above, below) for below, above in itertools.pairwise(self.widths)]
        return [exact.shape(w) for w in weights] == wanted

    def is_well_formed(self) -> bool:
        """Tell whether weights and data have the shapes that the widths ask for."""
        return (
            self.is_shaped(self.weights)
            and exact.shape(self.x) == (self.widths[0], self.samples)
            and exact.shape(self.y) == (self.widths[-1], self.samples)
        )

    def loss(self, weights: Sequence[fmpq_mat] | None = None) -> Fraction:
        """Return the loss of weights, of the own ones if none are given."""
        return escape.loss_of(self.weights if weights is None else weights, self.x, self.y)

    def is_critical(self) -> bool:
        """Tell whether the gradient is zero."""
        return exact.all_zero(exact.gradient(self.weights, self.x, self.y))


class Claimed(Protocol):
    """A claim with what proves it; ``theorem`` is the one that the Lean file ends in."""

    claim: ClassVar[Claim]
    theorem: ClassVar[str]

    @property
    def words(self) -> str:
        """The claim in words."""

    def holds(self, net: Net) -> bool:
        """Check it as Lean does, for a network of well-formed data."""


@dataclass(frozen=True)
class Near:
    """No weights of the widths have a loss that is smaller by more than ``number``."""

    claim: ClassVar[Claim] = Claim.NEAR
    theorem: ClassVar[str] = "loss_le"
    bound: Bound
    number: Fraction

    @property
    def words(self) -> str:
        """The claim in words."""
        return f"no weights of these widths are better by more than {exact.above(self.number, 2)}"

    def holds(self, net: Net) -> bool:
        """Check it as ``DeepLinear.Certificate.Net.loss_le_add`` asks for."""
        least = self.bound.value(net.y, min(net.widths))
        return self.bound.holds(net.x, net.y) and net.loss() <= least + self.number


@dataclass(frozen=True)
class Minimum:
    """The weights are a global minimum."""

    claim: ClassVar[Claim] = Claim.MINIMUM
    theorem: ClassVar[str] = "isMinOn"
    bound: Bound
    words: ClassVar[str] = "a global minimum"

    def holds(self, net: Net) -> bool:
        """Check it as ``DeepLinear.Certificate.Net.isMinOn`` asks for."""
        return Near(self.bound, Fraction()).holds(net)


@dataclass(frozen=True)
class LowerBound:
    """No weights of the widths have a loss below ``number``."""

    claim: ClassVar[Claim] = Claim.BOUND
    theorem: ClassVar[str] = "le_loss"
    bound: Bound
    number: Fraction

    @property
    def words(self) -> str:
        """The claim in words."""
        return f"no weights of these widths have a loss below {exact.below(self.number)}"

    def holds(self, net: Net) -> bool:
        """Check it as ``DeepLinear.Certificate.Net.le_loss`` asks for."""
        least = self.bound.value(net.y, min(net.widths))
        return self.bound.holds(net.x, net.y) and self.number <= least


@dataclass(frozen=True)
class Critical:
    """The gradient is zero."""

    claim: ClassVar[Claim] = Claim.CRITICAL
    theorem: ClassVar[str] = "isCritical"
    words: ClassVar[str] = "critical: the gradient is zero"

    def holds(self, net: Net) -> bool:
        """Check it as ``DeepLinear.Certificate.Net.isCritical_point`` asks for."""
        return net.is_critical()


@dataclass(frozen=True)
class NotMinimum:
    """The weights are no local minimum; ``moved``, within ``number``, has a smaller loss."""

    claim: ClassVar[Claim] = Claim.NOT_MINIMUM
    theorem: ClassVar[str] = "not_isLocalMin"
    moved: tuple[fmpq_mat, ...]
    number: Fraction

    @property
    def words(self) -> str:
        """The claim in words."""
        return f"no local minimum; a better network within {exact.short_above(self.number)}"

    def holds(self, net: Net) -> bool:
        """Check it as ``Net.not_isLocalMin`` and ``Net.abs_pointOf_sub_le`` ask for."""
        return (
            net.is_shaped(self.moved)
            and net.loss(self.moved) < net.loss()
            and escape.greatest_change(net.weights, self.moved) <= self.number
        )


@dataclass(frozen=True)
class StrictSaddle:
    """The weights are critical, and the second derivative along ``moved`` is negative."""

    claim: ClassVar[Claim] = Claim.STRICT_SADDLE
    theorem: ClassVar[str] = "isStrictSaddle"
    moved: tuple[fmpq_mat, ...]
    words: ClassVar[str] = "a strict saddle"

    def holds(self, net: Net) -> bool:
        """Check it as ``DeepLinear.Certificate.Net.isStrictSaddle_point`` asks for."""
        return (
            net.is_shaped(self.moved)
            and net.is_critical()
            and exact.curvature(net.weights, self.moved, net.x, net.y) < 0
        )


@dataclass(frozen=True)
class Flat:
    """A saddle without a direction of negative curvature.

    ``inverse`` is that of ``X X^T``; ``left`` (r x d_H) and ``right`` (d_0 x r) show that the
    end-to-end matrix has rank r, ``bound`` that it is minimal at this rank; ``moved`` is better.
    """

    claim: ClassVar[Claim] = Claim.FLAT
    theorem: ClassVar[str] = "isFlatSaddle"
    bound: Bound
    moved: tuple[fmpq_mat, ...]
    inverse: fmpq_mat
    left: fmpq_mat
    right: fmpq_mat
    words: ClassVar[str] = "a saddle that is not strict"

    def holds(self, net: Net) -> bool:
        """Check it as ``DeepLinear.Certificate.Net.isFlat`` does."""
        d, m, rank = net.widths[0], net.widths[-1], self.left.nrows()
        left = self.left if rank else fmpq_mat(0, m)
        if not (net.is_critical() and net.is_shaped(self.moved) and min(net.widths) > 0):
            return False
        if not (net.loss(self.moved) < net.loss() and exact.shape(self.inverse) == (d, d)):
            return False
        if exact.shape(left) != (rank, m) or exact.shape(self.right) != (d, rank):
            return False
        r = exact.end_to_end(net.weights)
        slope = (r * net.x - net.y) * net.x.transpose()
        return (
            net.x * net.x.transpose() * self.inverse == exact.identity(d)
            and left * r * self.right == exact.identity(rank)
            and r * self.right * (left * r) == r
            and self.bound.holds(net.x, net.y)
            and net.loss() <= self.bound.value(net.y, rank)
            and all(
                self._is_tight(net, left, slope, j, k)
                for j, k in itertools.combinations(range(len(net.weights)), 2)
            )
        )

    def _is_tight(self, net: Net, left: fmpq_mat, slope: fmpq_mat, j: int, k: int) -> bool:
        """Check a pair of layers as ``DeepLinear.Certificate.Net.isTightPair`` does."""
        weights = net.weights
        middle = classify.product(weights[j + 1 : k], weights[j].nrows())
        below = classify.product(weights[: j + 1], net.widths[0])
        above = classify.product(weights[k:], weights[k].ncols())
        of_rank = middle * (below * self.right) * (left * (above * middle)) == middle
        return of_rank or exact.is_zero(classify.seen(weights, slope, j, k))
