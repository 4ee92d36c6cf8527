"""Addresses of clients."""

from __future__ import annotations

HERE = "93.184.216.34"
ELSEWHERE = "8.8.8.8"
