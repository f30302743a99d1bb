"""The functions of ``import deeplinear`` that decide exactly, classify and integrate.

Each takes a network as :class:`deeplinear.Network` does, and data as :func:`deeplinear.analyze`
does: ``x`` is d_0 x m and ``y`` is d_H x m, or the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from deeplinear import numeric
from deeplinear.analysis import is_moderate
from deeplinear.network import Matrix, Network, Samples, float_data, positive, problem, samples_of
from deeplinear.solve import classify as classification
from deeplinear.solve import dynamics, learning, promise
from deeplinear.solve import escape as ways_down


def escape(
    network: Any,
    x: Any,
    y: Any,
    samples: Samples | None = None,
    radius: Fraction | float = Fraction(1, 10),
) -> ways_down.Decision:
    """Decide exactly whether a network is critical and a global minimum; else find a better one.

    The better weights change no entry by more than ``radius``. Raises
    :class:`~deeplinear.BadInput`. Source: Lu and Kawaguchi 2017, Theorems 2.1 to 2.3.

    >>> import deeplinear
    >>> deeplinear.escape([[[1]], [[1]]], [[1]], [[1]]).reason.name
    'NO_SLOPE'
    """
    given, limit = problem(network, x, y, samples), positive("radius", radius)
    found = ways_down.escape(given.network.weights, given.x, given.y, limit)
    better = None if found.better is None else list(Network(found.better).weights)
    return replace(found, better=better)


def classify(
    network: Any, x: Any, y: Any, samples: Samples | None = None
) -> classification.Classification:
    """Classify a critical point exactly: global minimum, strict saddle, saddle that is not strict.

    ``X X^T`` has to be invertible. Raises :class:`~deeplinear.BadInput`, for weights that are not
    critical too. Source: ``DeepLinear.not_isStrictSaddle_iff``.

    >>> import deeplinear
    >>> deeplinear.classify([[[0]], [[0]], [[0]]], [[1]], [[1]]).kind.name
    'FLAT_SADDLE'
    """
    given = problem(network, x, y, samples)
    found = classification.classify(given.network.weights, given.x, given.y)
    direction = None if found.direction is None else tuple(map(Matrix, found.direction))
    return replace(found, direction=direction)


def flow(
    network: Any, x: Any, y: Any, samples: Samples | None = None, until: float = 5.0
) -> dynamics.Trajectory:
    """Integrate the gradient flow from a network to the time ``until``, in floating point.

    Returns times, losses, singular values of the end-to-end matrix and weights. Raises
    :class:`~deeplinear.BadInput`. Source: Arora, Cohen and Hazan 2018.

    >>> import deeplinear
    >>> bool(deeplinear.flow([[[1.0]], [[0.5]]], [[1.0]], [[1.0]]).losses[-1] < 1e-6)
    True
    """
    net = Network.of(network)
    inputs, outputs = float_data(net, x, y, samples)
    dynamics.refuse_time(until)
    return dynamics.integrate(net.arrays(), numeric.Problem(inputs, outputs), until)


def promises(
    network: Any, x: Any, y: Any, run: dynamics.Trajectory, step: Fraction | None = None
) -> Iterator[str]:
    """Say what is proved of a run from a network, a sentence each, and how the run compares.

    Samples are columns. With a ``step`` the run is of gradient descent. What has hypotheses is
    called proved only where they were decided exactly; large networks are not.
    """
    net, exactly = Network.of(network), None
    if is_moderate(net, samples_of(net, x)):
        given = problem(net, x, y, "columns")
        exactly = given.network.weights, given.x, given.y
        kind = learning.resting(*exactly)
        if kind is not None:
            yield promise.rest(kind)
            return
        if step is not None:
            yield promise.descent(learning.step_bound(*exactly), step)
    elif step is not None:
        yield "The network is too large to decide exactly whether the proved step bound is met."
    if step is None:
        data = numeric.Problem(*float_data(net, x, y, "columns"))
        yield from promise.flow(run, data, net.arrays(), exactly)
