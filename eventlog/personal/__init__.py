"""What people wrote or are known by: sealed before it is stored, dark once they are erased."""
