/* What gr.HTML runs once the place of the styles is there; ASSETS is put in by styles.py. */
const root = (window.gradio_config && window.gradio_config.root) || window.location.origin;
import(`${root}/ASSETS/styles.js`).then((styles) => styles.mount({ element }));
