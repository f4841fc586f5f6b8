"""Which bookings did guests make of the listings that this person looks after?"""
