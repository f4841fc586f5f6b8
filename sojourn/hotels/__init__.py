"""Real bookings for the demo: two hotels in Portugal, arrivals from July 2015 on."""
