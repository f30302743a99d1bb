"""The two ways in which a command ends early, each with one sentence that names the fix."""


class BadInput(ValueError):  # noqa: N818  (it says what was given, not what went wrong inside)
    """Something given from outside is malformed. The command ends with exit code 2."""


class LeanFailed(RuntimeError):  # noqa: N818
    """Lean is on the machine but did not answer as it should. The command ends with exit code 1."""
