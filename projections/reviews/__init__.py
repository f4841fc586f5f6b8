"""What did the two sides of a stay say of it, and what was said of a listing?"""
