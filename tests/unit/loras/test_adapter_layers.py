"""Layers of adapters: which parts make a whole one."""

from __future__ import annotations

import pytest

from components.loras.adapter_layers import is_complete

HADA = ["hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"]


@pytest.mark.parametrize(
    "parts",
    [["down", "up"], ["down", "up", "alpha"], HADA, ["lokr_w1", "lokr_w2"], ["lokr_w1", "lokr_w2_a", "lokr_w2_b"]],
)
def test_a_layer_with_all_matrices_of_its_product_is_complete(parts):
    assert is_complete(parts)


@pytest.mark.parametrize(
    "parts", [["down"], ["up", "alpha"], HADA[:3], ["lokr_w1"], ["lokr_w1", "lokr_w2_a"], ["lokr_w1_a", "lokr_w2"]]
)
def test_a_layer_that_lacks_one_is_not(parts):
    assert not is_complete(parts)
