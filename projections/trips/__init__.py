"""Which bookings did this guest make?"""
