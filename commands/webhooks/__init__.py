"""What integrators are sent: the bodies, the secrets that sign them, and the queue of them."""
