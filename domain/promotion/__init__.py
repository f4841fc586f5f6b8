"""A coupon: who may use it for what, how often, and what it takes off a price."""
