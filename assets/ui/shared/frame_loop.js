/** Frame loop of Gradio's loading screen, ended: 60 callbacks a second for as long as the page is open.
 *
 * Gradio 6.31 counts seconds in a loop of animation frames, and removing an indicator that is pending leaves its loop
 * running (`statustracker`). The seconds are shown nowhere on this page. Runs before Gradio's scripts, which keep the
 * function they find.
 */
{
  const COUNTS_SECONDS = /performance\.now\(\)\s*-[^/]+\/\s*1e3/;
  const request = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) => (COUNTS_SECONDS.test(callback) ? 0 : request(callback));
}
