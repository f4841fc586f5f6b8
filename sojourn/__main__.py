"""`python -m sojourn` is the same as `sojourn`."""

from __future__ import annotations

from sojourn.cli import main

if __name__ == "__main__":
    main()
