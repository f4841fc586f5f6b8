"""What does this listing offer?"""
