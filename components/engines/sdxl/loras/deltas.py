"""Changes of weights by LoRAs that are no plain pair of matrices: LoHa, LoKr, Tucker, DoRA.

Each is computed from its factors whenever its layer runs, as a whole matrix for each would be as large as the model.
Formulas: https://github.com/KohakuBlueleaf/LyCORIS (LoHa, LoKr, Tucker), https://arxiv.org/abs/2402.09353 (DoRA).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.engines.sdxl.model.libraries import torch

Factors = Mapping[str, Any]
"""Tensors of one layer by the names of their parts."""

DORA = ("lora_magnitude_vector", "dora_scale")
_FACTORS_IN = "lora_magnitude_vector"
"""Where PEFT keeps what a layer has beside its pair: it moves with the layer and goes with its adapter."""


def is_plain(factors: Factors) -> bool:
    """Return whether these are a pair of matrices and nothing else."""
    return factors.keys() <= {"down", "up", "alpha"}


def delta_of(factors: Factors) -> Any:
    """Return the change of a weight in float32, DoRA's magnitudes left aside: (outputs, inputs[, height, width])."""
    values = {name: value.float() for name, value in factors.items() if name != "alpha"}
    if "hada_w1_a" in values:
        product, rank = _loha(values), values["hada_w1_b"].shape[0]
    elif "down" in values:
        product, rank = _pair(values), values["down"].shape[0]
    else:
        product, rank = _lokr(values), _lokr_rank(values)
    return product * (float(factors["alpha"]) / rank if "alpha" in factors and rank else 1.0)


def change_of(factors: Factors, weight: Any) -> Any:
    """Return the whole change of a weight in float32, in its shape."""
    weight = weight.float()
    delta = delta_of(factors).reshape(weight.shape)
    magnitude = next((factors[name].float() for name in DORA if name in factors), None)
    if magnitude is None:
        return delta
    whole = weight + delta
    # One magnitude for each output, except where a trainer chose the inputs.
    is_of_inputs = "dora_scale" in factors and magnitude.shape[0] == 1 != weight.shape[0]
    axis = 1 if is_of_inputs else 0
    norm = whole.norm(dim=[side for side in range(whole.dim()) if side != axis], keepdim=True)
    return whole * (magnitude.reshape(norm.shape) / norm) - weight


def _pair(values: Factors) -> Any:
    down, up = values["down"], values["up"].flatten(1)
    if "lora_mid" in values:
        return torch().einsum("or,rs...,si->oi...", up, values["lora_mid"], down.flatten(1))
    return torch().einsum("or,ri...->oi...", up, down)


def _loha(values: Factors) -> Any:
    one, other = (_product(values, f"hada_w{number}", f"hada_t{number}") for number in (1, 2))
    return one * other


def _lokr(values: Factors) -> Any:
    one = values["lokr_w1"] if "lokr_w1" in values else values["lokr_w1_a"] @ values["lokr_w1_b"]
    other = values["lokr_w2"] if "lokr_w2" in values else _product(values, "lokr_w2", "lokr_t2")
    return torch().kron(one.reshape(*one.shape, *(1 for _ in other.shape[2:])), other.contiguous())


def _lokr_rank(values: Factors) -> int:
    """Return its rank; 0, for which alpha counts nothing, where both factors are whole."""
    return next((values[name].shape[0] for name in ("lokr_w1_b", "lokr_w2_b") if name in values), 0)


def _product(values: Factors, stem: str, core: str) -> Any:
    """Return a factor that is a product itself, around a Tucker core where there is one."""
    left, right = values[f"{stem}_a"], values[f"{stem}_b"]
    if core in values:
        return torch().einsum("ijkl,ip,jr->prkl", values[core], left, right)
    return (left @ right.flatten(1)).reshape(left.shape[0], *right.shape[1:])


@dataclass(frozen=True, slots=True)
class DeltaVariant:
    """What PEFT calls in place of an adapter's pair."""

    numbers: Mapping[str, float]
    """Alpha: as a tensor it would be waited for whenever the layer runs."""

    def forward(self, module: Any, *, active_adapter: str, x: Any, result: Any, **_: Any) -> Any:
        """Return a layer's result with this adapter's change."""
        layer = module.get_base_layer()
        factors = {part: value.detach() for part, value in getattr(module, _FACTORS_IN)[active_adapter].items()}
        change = (change_of({**factors, **self.numbers}, layer.weight) * module.scaling[active_adapter]).to(x.dtype)
        functional = torch().nn.functional
        if change.dim() == 2:
            return result + functional.linear(x, change)
        added = functional.conv2d(x, change, None, layer.stride, layer.padding, layer.dilation, layer.groups)
        return result + added


def attach(module: Any, name: str, factors: Factors) -> None:
    """Let a layer with an adapter of PEFT change by these factors in place of its pair."""
    if _FACTORS_IN not in module.adapter_layer_names:  # else they would outlive the adapter
        module.adapter_layer_names = (*module.adapter_layer_names, _FACTORS_IN)
    device = module.get_base_layer().weight.device
    parameter = torch().nn.Parameter
    tensors = {part: value.to(device) for part, value in factors.items() if part != "alpha"}
    parameters = {part: parameter(value, requires_grad=False) for part, value in tensors.items()}
    getattr(module, _FACTORS_IN)[name] = torch().nn.ParameterDict(parameters)
    module.lora_variant[name] = DeltaVariant({"alpha": float(factors["alpha"])} if "alpha" in factors else {})
