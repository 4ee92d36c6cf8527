async (...values) => {
  try {
    const { $load } = await import(`${window.gradio_config.root}/ASSETS/main.js`).catch((cause) => {
      throw Object.assign(new Error("main", { cause }), { name: "NotLoadedError" });
    });
    const [fill, module] = await Promise.all([$load("shared/form_fill.js"), $load("MODULE.js")]);
    return fill.inOrder(OUTPUTS, await module.FUNCTION(...ARGUMENTS, fill.byName(INPUTS, values)));
  } catch (error) {
    if (error.name === "NotLoadedError") dispatchEvent(new Event("playground:not-loaded"));
    throw error;
  }
}
