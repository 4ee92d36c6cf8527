/* What gr.HTML runs once the gallery's element is there; ASSETS and MESSAGES are put in by results.py. The quoted
   name of our own event must stand in this text for Gradio to offer it: "fill". */
const root = (window.gradio_config && window.gradio_config.root) || window.location.origin;
import(`${root}/ASSETS/main.js`).then((gallery) =>
  gallery.mount({ element, server, props, watch, trigger, messages: MESSAGES }));
