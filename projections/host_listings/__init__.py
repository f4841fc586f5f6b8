"""Which listings does this host have?"""
