"""What people and timers ask for: one module a use case, its message and its handler."""
