"""Which listings does this person host, or help to?"""
