/** Entry of Gradio's scripts, begun after the first paint, which they would hold back by a second on a slow phone.
 *
 * The files are loaded meanwhile, see preloads.html.
 */
{
  const LATEST_MS = 500; // where nothing is painted, as in the background and in a frame out of sight
  const script = Object.assign(document.createElement("script"), { type: "module", crossOrigin: "anonymous", src: "ENTRY" });
  const begin = () => script.isConnected || document.head.append(script);
  requestAnimationFrame(() => setTimeout(begin));
  setTimeout(begin, LATEST_MS);
}
