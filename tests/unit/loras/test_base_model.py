"""The base model and the kind of a LoRA by the names and shapes of its tensors, as trainers write them.

Names of layers are those of public code: kohya-ss/sd-scripts, kohya-ss/musubi-tuner, huggingface/diffusers, ComfyUI,
KohakuBlueleaf/LyCORIS. Each group names the report of its kind.
"""

from __future__ import annotations

import pytest

from components.loras.lora_facts import read_header
from tests.support.safetensors_files import file, tensor

Shapes = dict[str, tuple[int, ...]]
DEEP = "lora_unet_input_blocks_8_1_transformer_blocks_9"
SHALLOW = "lora_unet_input_blocks_4_1_transformer_blocks_0"
DIFFUSERS = "down_blocks.2.attentions.1.transformer_blocks.9"


def lora(layer: str, inputs: int, outputs: int | None = None, halves: str = "lora_down lora_up") -> Shapes:
    down, up = halves.split()
    return {f"{layer}.{down}.weight": (4, inputs), f"{layer}.{up}.weight": (outputs or inputs, 4)}


def peft(layer: str, inputs: int, outputs: int | None = None) -> Shapes:
    return lora(layer, inputs, outputs, "lora_A lora_B")


def lokr(layer: str, first: tuple[int, int], second: tuple[int, int]) -> Shapes:
    return {f"{layer}.lokr_w1": first, f"{layer}.lokr_w2": second, f"{layer}.alpha": ()}


def glora(layer: str, inputs: int, outputs: int) -> Shapes:
    sides = {"a1": (inputs, 4), "a2": (4, inputs), "b1": (outputs, 4), "b2": (4, inputs)}
    return {f"{layer}.{part}.weight": shape for part, shape in sides.items()}


SDXL = {
    # H1, invoke-ai/InvokeAI#9383, easydiffusion/easydiffusion#2003: sliders of attn1 alone.
    "slider of kohya": ("LORA", lora(f"{DEEP}_attn1_to_q", 1280)),
    "slider of diffusers": ("LORA", lora(f"lora_unet_{DIFFUSERS.replace('.', '_')}_attn1_to_out_0", 1280)),
    "slider with a prefix": ("LORA", peft(f"unet.{DIFFUSERS}.attn1.to_v", 1280)),
    "slider of PEFT": ("LORA", peft(f"base_model.model.{DIFFUSERS}.attn1.to_q", 1280)),
    "middle block": ("LORA", lora("lora_unet_mid_block_attentions_0_transformer_blocks_4_ff_net_2", 5120, 1280)),
    "second block": ("LORA", lora("lora_unet_input_blocks_4_1_transformer_blocks_1_attn1_to_q", 640)),
    "a block that only SDXL has": ("LORA", peft("unet.up_blocks.0.attentions.1.proj_in", 1280)),
    "embedding of sizes": ("LORA", lora("lora_unet_label_emb_0_0", 2816, 1280)),
    # H2, comfyanonymous/ComfyUI#1071, #1347, ljleb/sd-mecha#55: the kinds of LyCORIS.
    "GLoRA": ("GLORA", glora(f"{SHALLOW}_attn2_to_k", 2048, 640)),
    "IA3": ("IA3", {f"{DEEP}_attn2_to_k.weight": (1280,), f"{DEEP}_attn2_to_k.on_input": ()}),
    "IA3 of rows": ("IA3", {f"{DEEP}_attn1_to_k.weight": (1280, 1), f"{DEEP}_attn1_to_k.on_input": ()}),
    "full": ("FULL", {f"{SHALLOW}_attn2_to_k.diff": (640, 2048), f"{SHALLOW}_attn2_to_k.diff_b": (640,)}),
    "full of ComfyUI": (
        "FULL",
        {"diffusion_model.input_blocks.4.1.transformer_blocks.0.attn2.to_k.diff": (640, 2048)},
    ),
    "OFT": ("OFT", {f"{DEEP}_attn1_to_q.oft_blocks": (8, 160, 160), f"{DEEP}_attn1_to_q.alpha": ()}),
    "OFT of kohya": ("OFT", {f"{DEEP.replace('lora', 'oft')}_attn1_to_q.oft_blocks": (4, 320, 320)}),
    "BOFT": ("OFT", {f"{DEEP}_attn1_to_q.oft_blocks": (3, 16, 80, 80)}),
    "norm": ("NORM", {f"{DEEP}_norm1.w_norm": (1280,), f"{DEEP}_norm1.b_norm": (1280,)}),
    "LoHa of attn1": ("LOHA", {f"{DEEP}_attn1_to_q.hada_w1_a": (1280, 4), f"{DEEP}_attn1_to_q.hada_w1_b": (4, 1280)}),
    "LoRA with norms": ("LORA", lora(f"{SHALLOW}_attn2_to_k", 2048, 640) | {f"{DEEP}_norm1.w_norm": (1280,)}),
    # H4: LoKr without metadata, in all its factors.
    "LoKr": ("LOKR", lokr(f"{DEEP}_attn2_to_k", (16, 16), (80, 128))),
    "LoKr in one block": ("LOKR", lokr(f"{SHALLOW}_attn2_to_v", (8, 8), (80, 256))),
    "LoKr of small factors": (
        "LOKR",
        {
            f"{SHALLOW}_attn2_to_k.lokr_w1_a": (8, 2),
            f"{SHALLOW}_attn2_to_k.lokr_w1_b": (2, 8),
            f"{SHALLOW}_attn2_to_k.lokr_w2_a": (80, 4),
            f"{SHALLOW}_attn2_to_k.lokr_w2_b": (4, 256),
        },
    ),
    "LoKr of SimpleTuner": ("LOKR", lokr(f"lycoris_{DIFFUSERS.replace('.', '_')}_attn1_to_q", (16, 16), (80, 80))),
}

OTHERS = {
    # H3, kohya-ss/musubi-tuner#847, leejet/stable-diffusion.cpp#1131
    "Z-Image of musubi": ("Z-Image", lora("lora_unet_layers_0_attention_to_k", 3840)),
    "Z-Image of ai-toolkit": ("Z-Image", peft("diffusion_model.layers.29.attention.to_q", 3840)),
    "Z-Image of diffusers": ("Z-Image", peft("transformer.noise_refiner.1.feed_forward.w1", 3840, 10240)),
    "Z-Image LoKr": ("Z-Image", lokr("lycoris_layers_0_attention_to_q", (16, 16), (240, 240))),
    "Lumina 2 of kohya": ("Lumina", lora("lora_unet_layers_0_attention_qkv", 2304, 3840)),
    "Lumina 2 of diffusers": ("Lumina", peft("transformer.context_refiner.0.attn.to_q", 2304)),
    "layers of another width": ("other", lora("lora_unet_layers_0_attention_to_q", 4608)),
    "HiDream": ("HiDream", peft("transformer.double_stream_blocks.0.block.attn1.to_q", 2560)),
    "HiDream of kohya": ("HiDream", lora("lora_unet_single_stream_blocks_3_block_ff_i_shared_experts_w1", 2560, 6912)),
    "Qwen-Image of diffusers": ("Qwen-Image", peft("transformer.transformer_blocks.0.img_mlp.net.2", 12288, 3072)),
    "Qwen-Image of musubi": ("Qwen-Image", lora("lora_unet_transformer_blocks_0_txt_mod_1", 3072, 18432)),
    "Qwen-Image, attention alone": (
        "Qwen-Image",
        peft("diffusion_model.transformer_blocks.0.attn.to_q", 3072)
        | peft("diffusion_model.transformer_blocks.59.attn.add_q_proj", 3072),
    ),
    "Qwen-Image LoKr": (
        "Qwen-Image",
        lokr("lycoris_transformer_blocks_59_attn_to_q", (16, 16), (192, 192)),
    ),
    "a model with 30 such blocks": ("other", peft("transformer.transformer_blocks.29.attn.to_q", 3072)),
    "Qwen-Image or FLUX": ("other", peft("transformer.transformer_blocks.3.attn.to_q", 3072)),
    "SD3": ("Stable Diffusion 3", peft("transformer.transformer_blocks.0.attn.to_q", 1536)),
    "SD3.5 Large": ("Stable Diffusion 3", peft("transformer.transformer_blocks.37.attn.add_k_proj", 2432)),
    # comfyanonymous/ComfyUI#5417
    "SD3.5 Medium of SimpleTuner": (
        "Stable Diffusion 3",
        lokr("lycoris_transformer_blocks_3_attn2_to_q", (16, 16), (96, 96))
        | lokr("lycoris_transformer_blocks_3_attn_add_k_proj", (16, 16), (96, 96)),
    ),
    # AbstractEyes/comfyui-lycoris#6
    "Z-Image LoHa": (
        "Z-Image",
        {
            "lycoris_noise_refiner_0_attention_to_k.hada_w1_a": (3840, 4),
            "lycoris_noise_refiner_0_attention_to_k.hada_w1_b": (4, 3840),
        },
    ),
    "SD3 of OneTrainer": ("Stable Diffusion 3", lora("lora_transformer_transformer_blocks_0_attn_to_q", 1536)),
    "FLUX of kohya": ("FLUX", lora("lora_unet_single_blocks_37_linear1", 3072, 21504)),
    "FLUX.2": ("FLUX", peft("diffusion_model.single_blocks.47.linear1", 6144)),
    "Hunyuan Video of musubi": ("other", lora("lora_unet_double_blocks_0_img_mlp_fc1", 3072, 12288)),
    "Hunyuan Video of diffusers": ("other", peft("transformer.single_transformer_blocks.39.attn.to_q", 3072)),
    "AuraFlow, of which Pony V7 is": ("other", peft("transformer.joint_transformer_blocks.0.attn.to_q", 3072)),
    # Layers named as in a UNet, in transformers: widths of SDXL, SD 1 and SD 2 mean nothing there.
    "LTX-Video": ("other", peft("transformer.transformer_blocks.0.attn2.to_k", 2048)),
    "LTX-Video of musubi": ("other", lora("lora_unet_transformer_blocks_27_attn2_to_k", 2048)),
    "Cosmos": ("other", peft("transformer.transformer_blocks.0.attn2.to_k", 1024, 4096)),
    "PixArt": ("other", peft("transformer.transformer_blocks.0.attn2.to_v", 1152)),
    "Wan": ("other", peft("diffusion_model.blocks.0.cross_attn.k", 5120)),
    "Stable Cascade": ("other", lora("lora_prior_unet_down_blocks_0_1_attention_attn_in_proj", 2048)),
    "a language model": ("other", peft("base_model.model.model.layers.0.self_attn.q_proj", 4096)),
    # UNets that are not SDXL's.
    "SDXL's refiner": ("other", lora("lora_unet_input_blocks_4_1_transformer_blocks_3_attn2_to_k", 1280, 768)),
    "SD 1 or 2, attn1 alone": (
        "other",
        lora("lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q", 320),
    ),
    "SD 1 LoKr": ("Stable Diffusion 1.5", lokr(f"{SHALLOW}_attn2_to_k", (8, 8), (80, 96))),
    "SD 1 full": ("Stable Diffusion 1.5", {f"{SHALLOW}_attn2_to_k.diff": (640, 768)}),
    "SD 2 GLoRA": ("Stable Diffusion 2", glora(f"{SHALLOW}_attn2_to_k", 1024, 640)),
    "AnimateDiff": (
        "other",
        lora("down_blocks.0.motion_modules.0.temporal_transformer.transformer_blocks.0.attention_blocks.0.to_q", 320),
    ),
    # MinusZoneAI/ComfyUI-Kolors-MZ: `adm_in_channels` is 5632, where SDXL has 2816; the rest of the UNet is SDXL's.
    "Kolors with its embedding of sizes": (
        "Kolors",
        lora("lora_unet_label_emb_0_0", 5632, 1280) | lora(f"{DEEP}_attn2_to_k", 2048, 1280),
    ),
    "Kolors of diffusers with its embedding of sizes": (
        "Kolors",
        peft("unet.add_embedding.linear_1", 5632, 1280) | peft(f"unet.{DIFFUSERS}.attn2.to_k", 2048, 1280),
    ),
    "Kolors with its projection": (
        "Kolors",
        peft("unet.encoder_hid_proj", 4096, 2048) | peft(f"unet.{DIFFUSERS}.attn2.to_k", 2048, 1280),
    ),
}

UNSURE = {
    "a block of SDXL or SD 1": lora(f"{SHALLOW}_attn1_to_q", 640),
    "SDXL or its refiner": {"lora_unet_middle_block_1_transformer_blocks_2_norm1.w_norm": (1536,)},
    "the refiner's attention": lora("lora_unet_middle_block_1_transformer_blocks_2_attn1_to_q", 1536),
    "one text encoder": lora("lora_te_text_model_encoder_layers_0_mlp_fc1", 768),
    "two models in one": lora(f"{SHALLOW}_attn2_to_k", 2048) | lora(f"{DEEP}_attn2_to_k", 768),
    "unknown layers": lora("something", 640),
}


def facts(shapes: Shapes, metadata: dict[str, str] | None = None):
    return read_header(file({name: tensor(*shape) for name, shape in shapes.items()}, metadata or {}))


@pytest.mark.parametrize(("kind", "shapes"), SDXL.values(), ids=SDXL)
def test_a_lora_of_sdxl_of_any_kind(kind: str, shapes: Shapes) -> None:
    found = facts(shapes)
    assert (found.architecture.name, found.base.value) == (kind, "SDXL")


@pytest.mark.parametrize(("base", "shapes"), OTHERS.values(), ids=OTHERS)
def test_a_lora_of_another_model(base: str, shapes: Shapes) -> None:
    assert facts(shapes).base.value == base


@pytest.mark.parametrize("shapes", UNSURE.values(), ids=UNSURE)
def test_what_fits_several_is_unknown(shapes: Shapes) -> None:
    assert facts(shapes).base.value == ""


@pytest.mark.parametrize(
    ("metadata", "base", "kin"),
    [
        (
            {"ss_base_model_version": "sdxl_base_v1-0", "ss_sd_model_name": "ponyDiffusionV6XL_v6.safetensors"},
            "SDXL",
            "Pony",
        ),
        (
            {"ss_base_model_version": "sdxl_base_v1-0", "ss_sd_model_name": "Illustrious-XL-v0.1"},
            "SDXL",
            "Illustrious",
        ),
        ({"ss_sd_model_name": "cyberrealisticPony_v80.safetensors"}, "SDXL", "Pony"),
        ({"ss_sd_model_name": "waiNSFWIllustrious_v140.safetensors"}, "SDXL", "Illustrious"),
        ({"ss_sd_model_name": "noobaiXLNAIXL_vPred10Version.safetensors"}, "SDXL", "NoobAI"),
        ({"ss_sd_model_name": "animagine-xl-3.1.safetensors"}, "SDXL", "Animagine XL"),
        ({"modelspec.architecture": "stable-diffusion-xl-v1-base/lora"}, "SDXL", ""),
        ({"ss_sd_model_name": "Kwai-Kolors/Kolors-diffusers"}, "Kolors", ""),
        ({"ss_base_model_version": "sd_v1"}, "SDXL", ""),
        ({"ss_sd_model_name": "a_pony_in_the_snow"}, "SDXL", ""),
    ],
)
def test_metadata_names_what_the_tensors_cannot(metadata: dict[str, str], base: str, kin: str) -> None:
    found = facts(lora(f"{SHALLOW}_attn2_to_k", 2048, 640), metadata)
    assert (found.base.value, found.kin) == (base, kin)


def test_a_lora_of_attention_processors_is_no_model() -> None:
    """invoke-ai/InvokeAI `flux_lora_xlabs_format.py`: XLabs' names for FLUX."""
    found = facts(lora("double_blocks.0.processor.proj_lora1", 3072, halves="down up"))
    assert (found.architecture.name, found.base.value) == ("LORA", "FLUX")


@pytest.mark.parametrize(
    ("named", "base"),
    [
        ("sdxl_base_v1-0", "SDXL"),
        ("sd_v2_768_v", "Stable Diffusion 2"),
        ("sd3-medium", "Stable Diffusion 3"),
        ("qwen_image", "Qwen-Image"),
        ("zimage", "Z-Image"),
        ("lumina2", "Lumina"),
        ("ltxv2", "other"),
        ("wan2.1", "other"),
        ("PixArt-XL-2-1024", "other"),
        ("my-model-v1", ""),
        ("chromaticXL_v2", ""),
        ("cosmosXL_v1", ""),
        ("stabilityai/sd-turbo", "Stable Diffusion 2"),
        ("black-forest-labs/FLUX.1-dev", "FLUX"),
        ("Qwen/Qwen2.5-VL-7B", ""),
    ],
)
def test_a_name_is_believed_where_the_tensors_say_nothing(named: str, base: str) -> None:
    assert facts(lora("something", 640), {"ss_base_model_version": named}).base.value == base


@pytest.mark.parametrize(
    ("names", "content"),
    [
        (["model.diffusion_model.input_blocks.0.0.weight", "first_stage_model.decoder.conv_in.weight"], "model"),
        (["down_blocks.1.resnets.0.conv1.weight", "mid_block.attentions.0.norm.weight"], "model"),
        (["double_blocks.0.img_attn.proj.weight"], "model"),
        (["encoder.conv_in.weight", "decoder.up.0.block.0.conv1.weight", "quant_conv.weight"], "vae"),
        (["control_model.input_blocks.0.0.weight"], "controlnet"),
        (["controlnet_cond_embedding.conv_in.weight", "down_blocks.0.resnets.0.conv1.weight"], "controlnet"),
        (["lllite_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q.down.0.weight"], "controlnet"),
        (["image_proj.proj.weight", "ip_adapter.1.to_k_ip.weight"], "ip_adapter"),
        (["clip_g", "clip_l"], "embedding"),
        (["emb_params"], "embedding"),
        (["text_model.encoder.layers.0.mlp.fc1.weight"], "text_encoder"),
        (["encoder.block.0.layer.0.SelfAttention.q.weight"], "text_encoder"),
        (["conv_first.weight", "body.0.rdb1.conv1.weight"], "upscaler"),
        (["down_blocks.0.motion_modules.0.temporal_transformer.norm.weight"], "motion_module"),
        (["layer.a1.weight"], ""),
        # Adapters of PEFT that are no LoRA, and no model: HRA, SHiRA, VeRA, FourierFT.
        (["unet.down_blocks.2.attentions.1.transformer_blocks.9.attn2.to_k.hra_u"], ""),
        (["base_model.model.down_blocks.2.attentions.1.transformer_blocks.9.attn2.to_k.shira_weight"], ""),
        (["base_model.model.down_blocks.2.attentions.1.transformer_blocks.9.attn2.to_k.vera_lambda_b"], ""),
        (["unet.down_blocks.2.attentions.1.transformer_blocks.9.attn2.to_k.fourierft_spectrum"], ""),
        ([], ""),
    ],
)
def test_a_file_without_a_lora_says_what_it_is(names: list[str], content: str) -> None:
    found = facts(dict.fromkeys(names, (4, 4)))
    assert (found.architecture.name, found.content) == ("NONE", content)
