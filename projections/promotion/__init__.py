"""What does this coupon give, and how often was it used?"""
