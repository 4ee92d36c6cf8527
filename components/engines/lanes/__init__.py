"""Lanes: an engine in several processes, one for each device."""
