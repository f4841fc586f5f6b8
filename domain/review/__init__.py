"""What the two sides of a stay say of it, shown together or not at all until the time is over."""
