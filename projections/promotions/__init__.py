"""Which coupons did this host, or the platform, make?"""
