async (...values) => {
  const load = (name) => import(`${window.gradio_config.root}/ASSETS/${name}.js`);
  const loading = Promise.all([load("shared/form_fill"), load("MODULE")]);
  loading.catch(() => dispatchEvent(new Event("playground:not-loaded")));
  const [fill, module] = await loading;
  return fill.inOrder(OUTPUTS, await module.FUNCTION(...ARGUMENTS, fill.byName(INPUTS, values)));
}
