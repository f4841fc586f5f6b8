"""Where an integrator wants to be told of what happens."""
