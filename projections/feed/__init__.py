"""What happened to bookings lately, for those who listen?"""
