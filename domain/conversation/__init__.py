"""What a guest and a host write to each other."""
