"""Messages of the engine: why an image cannot be generated, or differs from the request."""

from __future__ import annotations

from components.errors import Message

FOR_SDXL = "Choose one made for SDXL."

LORA_PAGE = Message("The LoRA's address leads to a web page, not to a file.", "Use the file's download link.")
LORA_PICKLE = Message("This LoRA is a pickle file, which may run a program.", "Choose a .safetensors file.")
LORA_POINTER = Message("This LoRA is a Git pointer, not the file itself.", "Use the file's download link.")
LORA_CUT_OFF = Message("The LoRA's file is cut off.", "Get it anew.")
LORA_EMPTY = Message("The LoRA's file is empty.", "Get it anew.")
LORA_NOT_SAFETENSORS = Message("The LoRA is not a safetensors file.", "Choose a .safetensors file.")
LORA_NONE = Message("This file holds no LoRA: it may be a whole model.", "Choose a LoRA's file.")
LORA_DORA = Message("This LoRA is a DoRA, which would look wrong here.", "Choose a plain LoRA.")
LORA_LOHA = Message("This LoRA is a LoHa, which cannot be used here.", "Choose a plain LoRA.")
LORA_LOKR = Message("This LoRA is a LoKr, which cannot be used here.", "Choose a plain LoRA.")
LORA_HALF = Message("Half of this LoRA's values are missing.", "Get the file anew.")
LORA_FLUX = Message("This LoRA was made for FLUX.", FOR_SDXL)
LORA_SD3 = Message("This LoRA was made for Stable Diffusion 3.", FOR_SDXL)
LORA_SD1 = Message("This LoRA was made for Stable Diffusion 1.5.", FOR_SDXL)
LORA_SD2 = Message("This LoRA was made for Stable Diffusion 2.", FOR_SDXL)
LORA_OTHER = Message("This LoRA was made for another kind of model.", FOR_SDXL)
LORA_SHAPES = Message("This LoRA does not fit SDXL: its sizes are others.", FOR_SDXL)
LORA_BROKEN = Message("This LoRA holds values that are no numbers; it would spoil every picture.", "Get it anew.")
LORA_NO_EFFECT = Message("This LoRA would change nothing.", FOR_SDXL)
LORA_UNREADABLE = Message("This LoRA could not be loaded.", FOR_SDXL)
LORA_TOO_LARGE = Message("The LoRA's file is larger than is allowed here.", "Choose a smaller one.")
LORA_NOT_FOUND = Message("There is no such LoRA.", "Look at its name or address again.")
LORA_NO_ACCESS = Message("The LoRA may not be read without signing in there.", "Choose a public one.")
LORA_HOST = Message("LoRAs are fetched from Hugging Face and Civitai alone.", "Use an address there.")
LORA_AWAY = Message("The LoRA could not be fetched just now.", "Try again later.")
LORA_SEVERAL = Message("This repository holds several LoRA files.", "Give the address of one of them.")
LORA_OUTSIDE_FOLDER = Message("The LoRA is not in the host's folder.", "Choose one that is.")

NO_MEMORY = Message("This machine has too little memory for this picture.", "Make it smaller, or use fewer LoRAs.")
NO_MODEL = Message("The model could not be fetched just now.", "Try again later.")
MODEL_UNREADABLE = Message("The model's files could not be read.", "The host has to look at SDXL_MODEL.")
NO_REFINER = Message("The refiner could not be loaded.", "Paint without the refiner.")
NO_MIND = Message("The picture came out as values that are no numbers.", "Try another seed, or lower LoRA weights.")

FAST_WITHOUT_REFINER = "The fast preset paints without the refiner."
TOO_FEW_STEPS = "One step cannot be shared with the refiner; it was painted without."
AS_IT_WAS = "At this strength nothing of the picture would change."

FETCHING = "Fetching the model"
FETCHING_LORA = "Fetching a LoRA"
LOADING = "Loading the model"
SMALLER = "Too little memory; painting again in a smaller way"
