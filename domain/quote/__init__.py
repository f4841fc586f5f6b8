"""What given dates cost, line by line, pinned to the rules that said so."""
