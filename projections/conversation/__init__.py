"""What did a guest and a host write to each other, and who asked about a listing?"""
