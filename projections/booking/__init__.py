"""What was agreed, and how does it stand?"""
