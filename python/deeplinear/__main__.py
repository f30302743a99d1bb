"""``python -m deeplinear`` is the command ``deeplinear``."""

from deeplinear.cli import main

main()
