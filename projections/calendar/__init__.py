"""Which nights of this listing are free, and at which price?"""
