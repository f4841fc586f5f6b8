"""Who waits for which nights of a listing, and for what does this guest wait?"""
