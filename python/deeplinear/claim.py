"""What a certificate proves of a network."""

from __future__ import annotations

import enum


class Claim(str, enum.Enum):
    """What a certificate proves; the names are those of the command line."""

    NEAR = "near"
    MINIMUM = "minimum"
    BOUND = "bound"
    CRITICAL = "critical"
    NOT_MINIMUM = "not-minimum"
    STRICT_SADDLE = "strict-saddle"
    FLAT = "flat"
