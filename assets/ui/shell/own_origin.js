/** Address of the app in Gradio's settings: the page's own origin, with the path under which a proxy serves it.
 *
 * Gradio's server makes it of the `Host` header, which a proxy may have replaced by its own. Runs before the scripts
 * that read it.
 */
{
  const { pathname } = new URL(window.gradio_config.root || "/", location.href);
  window.gradio_config.root = location.origin + pathname.replace(/\/+$/, "");
}
