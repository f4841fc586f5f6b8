"""Which bookings did guests make of this host's listings?"""
