/* What gr.HTML runs once the place of the lists of values is there; ASSETS is put in by grid.py. */
const root = (window.gradio_config && window.gradio_config.root) || window.location.origin;
import(`${root}/ASSETS/grid.js`).then((grid) => grid.mount({ element, server }));
