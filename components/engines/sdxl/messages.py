"""Messages of the engine: why an image cannot be generated, or differs from the request."""

from __future__ import annotations

from components.messages.message import Message

LORA_PAGE = Message("engine_lora_page")
LORA_PICKLE = Message("engine_lora_pickle")
LORA_POINTER = Message("engine_lora_pointer")
LORA_CUT_OFF = Message("engine_lora_cut_off")
LORA_EMPTY = Message("engine_lora_empty")
LORA_NOT_SAFETENSORS = Message("engine_lora_not_safetensors")
LORA_NONE = Message("engine_lora_none")
LORA_DORA = Message("engine_lora_dora")
LORA_LOHA = Message("engine_lora_loha")
LORA_LOKR = Message("engine_lora_lokr")
LORA_HALF = Message("engine_lora_half")
LORA_FLUX = Message("engine_lora_flux")
LORA_SD3 = Message("engine_lora_sd3")
LORA_SD1 = Message("engine_lora_sd1")
LORA_SD2 = Message("engine_lora_sd2")
LORA_OTHER = Message("engine_lora_other")
LORA_SHAPES = Message("engine_lora_shapes")
LORA_BROKEN = Message("engine_lora_broken")
LORA_NO_EFFECT = Message("engine_lora_no_effect")
LORA_UNREADABLE = Message("engine_lora_unreadable")
LORA_TOO_LARGE = Message("engine_lora_too_large")
LORA_NOT_FOUND = Message("engine_lora_not_found")
LORA_NO_ACCESS = Message("engine_lora_no_access")
LORA_HOST = Message("engine_lora_host")
LORA_AWAY = Message("engine_lora_away")
LORA_SEVERAL = Message("engine_lora_several")
LORA_OUTSIDE_FOLDER = Message("engine_lora_outside_folder")

NO_MEMORY = Message("engine_no_memory")
NO_MODEL = Message("engine_no_model")
MODEL_UNREADABLE = Message("engine_model_unreadable")
NO_REFINER = Message("engine_no_refiner")
NO_MIND = Message("engine_no_mind")

FAST_WITHOUT_REFINER = "The fast preset paints without the refiner."
TOO_FEW_STEPS = "One step cannot be shared with the refiner; it was painted without."
AS_IT_WAS = "At this strength nothing of the picture would change."

FETCHING = "Fetching the model"
FETCHING_LORA = "Fetching a LoRA"
LOADING = "Loading the model"
SMALLER = "Too little memory; painting again in a smaller way"
