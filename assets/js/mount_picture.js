/* What gr.HTML runs once the picture panel's element is there; ASSETS and MESSAGES are put in by picture.py. The
   quoted name of our own event must stand in this text for Gradio to offer it: "sized". */
const root = (window.gradio_config && window.gradio_config.root) || window.location.origin;
import(`${root}/ASSETS/picture.js`).then((picture) =>
  picture.mount({ element, props, trigger, messages: MESSAGES }));
