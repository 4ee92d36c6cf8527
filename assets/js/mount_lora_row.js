/* What gr.HTML runs once the place under a LoRA row is there; ASSETS is put in by lora_rows.py. */
const root = (window.gradio_config && window.gradio_config.root) || window.location.origin;
import(`${root}/ASSETS/lora_rows.js`).then((rows) => rows.mountRow({ element }));
