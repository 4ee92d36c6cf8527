/* `js_on_load` of a gr.HTML, filled in by components/ui/assets.py. Gradio offers a custom event only where its quoted
   name stands in this text: EVENTS. */
const root = (window.gradio_config && window.gradio_config.root) || window.location.origin;
import(`${root}/ASSETS/MODULE.js`).then((module) =>
  module.FUNCTION({ element, server, props, watch, trigger, messages: MESSAGES }));
