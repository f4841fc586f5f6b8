"""What a host asks of a stay and charges for it, as one document."""
