"""Engine on many machines: replicas of another engine, one on each GPU of a Ray cluster."""
