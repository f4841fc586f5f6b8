"""What a sink could not apply is kept, tells of itself, and can be tried again."""
