/* `js_on_load` of a gr.HTML, filled in by components/ui/assets.py. Gradio offers a custom event only where its quoted
   name stands in this text: EVENTS. */
import(`${window.gradio_config.root}/ASSETS/main.js`).then(({ $load }) => $load("MODULE.js")).then(
  (module) => module.FUNCTION({ element, server, props, watch, trigger, messages: MESSAGES }),
  (error) => {
    dispatchEvent(new Event("playground:not-loaded"));
    throw error;
  },
);
