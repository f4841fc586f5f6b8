"""What clients see of each thing; both apps render the same domain state by the same models."""
