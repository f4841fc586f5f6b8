"""What is offered, where, and on which terms."""
