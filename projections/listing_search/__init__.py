"""Which listings suit these words, this place, this price and these dates?"""
