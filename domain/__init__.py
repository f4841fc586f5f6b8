"""What hosts and guests agree on: facts, state and pure decisions, standard library only."""
