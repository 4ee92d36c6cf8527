/* What gr.HTML runs once the line below the LoRA rows is there; ASSETS and MESSAGES are put in by lora_rows.py. */
const root = (window.gradio_config && window.gradio_config.root) || window.location.origin;
import(`${root}/ASSETS/lora_rows.js`).then((rows) => rows.mount({ element, server, messages: MESSAGES }));
