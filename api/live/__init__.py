"""Server-sent events: who listens to a booking, or to all of their listings, hears what happens."""
