"""How fast the hot paths are, each against a floor measured in the same run."""
