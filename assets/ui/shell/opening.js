/** First paint: a prompt and Generate that work before Gradio is there. What was typed and pressed is handed over.
 *
 * Gradio's elements are hidden meanwhile, see shell.css, and take the place of these in one step. Runs before all
 * modules; main.js sends the event.
 */
{
  const opening = document.getElementById("opening");
  const box = opening.querySelector("textarea");
  const button = opening.querySelector("button");
  const APPLIED_MS = 50; // Gradio reads a box some frames after its input event
  let isPressed = false;
  let isComposing = false;

  const theme = new URLSearchParams(location.search).get("__theme");
  if (theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches) document.body.classList.add("dark");

  const draft = storedPrompt();
  box.value = draft;

  /** Prompt of the draft that form/draft.js restores. */
  function storedPrompt() {
    if (location.hash) return ""; // a link fills the form
    const name = `playground-draft ${new URL(opening.dataset.root, location.href).pathname}`;
    try {
      return JSON.parse(sessionStorage.getItem(name) ?? localStorage.getItem(name))?.prompt ?? "";
    } catch {
      return ""; // storage is blocked, or not written by this page
    }
  }

  function press() {
    if (isPressed) return;
    isPressed = true;
    button.textContent = button.dataset.waiting;
    button.setAttribute("aria-disabled", "true");
  }

  function handOver() {
    // An input method would lose what it is composing.
    if (isComposing) return void box.addEventListener("compositionend", () => setTimeout(handOver), { once: true });
    const real = document.querySelector("#field-prompt textarea");
    if (!real) return void setTimeout(handOver, APPLIED_MS); // Gradio mounts the parts of the page in an order of its own
    const hadFocus = opening.contains(document.activeElement);
    if (box.value !== draft) {
      real.value = box.value;
      real.dispatchEvent(new Event("input", { bubbles: true }));
    }
    opening.remove();
    if (hadFocus) {
      real.focus({ preventScroll: true });
      real.setSelectionRange(box.selectionStart, box.selectionEnd);
    }
    if (isPressed) requestAnimationFrame(() => setTimeout(() => document.getElementById("generate").click(), APPLIED_MS));
  }

  button.addEventListener("click", press);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) press();
  });
  for (const [name, value] of [["compositionstart", true], ["compositionend", false]]) {
    box.addEventListener(name, () => (isComposing = value));
  }
  addEventListener("playground:ready", handOver, { once: true });
}
