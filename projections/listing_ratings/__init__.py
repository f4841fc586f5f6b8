"""How good do guests find this listing?"""
