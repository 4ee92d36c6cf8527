async (...values) => {
  const root = (window.gradio_config && window.gradio_config.root) || window.location.origin;
  const load = (name) => import(`${root}/ASSETS/${name}.js`);
  const [fill, module] = await Promise.all([load("shared/form_fill"), load("MODULE")]);
  return fill.inOrder(OUTPUTS, await module.FUNCTION(...ARGUMENTS, fill.byName(INPUTS, values)));
}
