"""Real listings for the demo: Stockholm as Inside Airbnb saw it late in 2024."""
