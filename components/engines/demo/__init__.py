"""Demo painter: images from the words of a prompt, without AI, offline."""

from components.engines.demo.painter import DemoPainter

__all__ = ["DemoPainter"]
