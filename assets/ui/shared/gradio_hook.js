async (...values) => {
  const root = (window.gradio_config && window.gradio_config.root) || window.location.origin;
  const module = await import(`${root}/ASSETS/MODULE.js`);
  return module.FUNCTION(...ARGUMENTS, ...values);
}
