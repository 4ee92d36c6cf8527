"""Real SDXL on this machine, by diffusers."""
