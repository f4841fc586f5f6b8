"""One durable scheduler for everything that happens because time passes."""
