"""What reacts to facts by calling somebody outside: once for each event, whatever comes twice."""
