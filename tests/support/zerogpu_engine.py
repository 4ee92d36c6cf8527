"""Program: the SDXL engine in a thread with the real package `spaces`; prints where the model is and what is refused.

torch's CPU build passes for a CUDA build here, as far as `spaces` looks.
"""

from __future__ import annotations

import importlib
import json
import sys
import threading
import warnings


def main() -> None:
    """Generate one image, with a visitor's token where an argument gives one."""
    warnings.simplefilter("ignore")
    import torch  # noqa: PLC0415

    torch.version.cuda = "12.8"
    torch.cuda._is_in_bad_fork = _no_bad_fork
    torch._C._cuda_init = _no_driver
    importlib.import_module("spaces")  # before the engine, as on a Space

    token = "".join(sys.argv[1:2])
    thread = threading.Thread(target=_generate, args=(token,), name="painter")
    thread.start()
    thread.join()


def _no_bad_fork() -> bool:
    return False


def _no_driver() -> None:
    raise RuntimeError("the real CUDA was asked for")


def _generate(token: str) -> None:
    from components.engines.protocol import EngineRequest  # noqa: PLC0415
    from components.engines.sdxl.engine import SdxlEngine  # noqa: PLC0415
    from components.errors import EngineError  # noqa: PLC0415
    from components.messages.message import message_record  # noqa: PLC0415

    engine = SdxlEngine()
    engine.prepare(lambda _: None)
    assert engine._loaded
    device = str(next(engine._loaded.base.unet.parameters()).device)
    try:
        request = EngineRequest("a cat", 7, width=256, height=256, num_inference_steps=2, visitor_token=token)
        engine.generate(request, lambda *_, **__: None)
    except EngineError as error:
        sys.stdout.write(json.dumps({"device": device, "message": message_record(error.message)}) + "\n")


if __name__ == "__main__":
    main()
