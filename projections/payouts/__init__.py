"""What is this host paid, for which bookings, and when?"""
