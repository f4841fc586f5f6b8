"""Who waits for which nights of a listing, in which order, and who is offered them."""
