/** First paint: a prompt, Generate and ideas that work before Gradio is there. What was done is handed over.
 *
 * Gradio's elements are hidden meanwhile, see shell.css, and take the place of these in one step. Runs before all
 * modules; main.js sends the event.
 */
{
  const opening = document.getElementById("opening");
  const box = opening.querySelector("textarea");
  const button = opening.querySelector(".start button");
  const APPLIED_MS = 50; // Gradio reads a box some frames after its input event
  const ideas = [...opening.querySelectorAll(".example")];
  let idea = null; // that was chosen last
  let isKeyWanted = false;
  let isPressed = false;
  let isComposing = false;

  const theme = new URLSearchParams(location.search).get("__theme");
  if (theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches) document.body.classList.add("dark");

  const path = new URL(opening.dataset.root, location.href).pathname;
  opening.classList.toggle("returning", stored("playground-visitor") && stored(`playground-empty ${path}`) !== "yes");
  let handedOver = storedPrompt(); // what the page itself has in its prompt
  box.value = handedOver;

  /** Prompt of the draft that form/draft.js restores. */
  function storedPrompt() {
    if (location.hash) return ""; // a link fills the form
    try {
      return JSON.parse(stored(`playground-draft ${path}`))?.prompt ?? "";
    } catch {
      return ""; // not written by this page
    }
  }

  function stored(name) {
    try {
      return sessionStorage.getItem(name) ?? localStorage.getItem(name);
    } catch {
      return null; // blocked
    }
  }

  function press() {
    if (isPressed) return;
    isPressed = true;
    button.textContent = button.dataset.waiting;
    button.setAttribute("aria-disabled", "true");
  }

  const promptOf = (card) => JSON.parse(card.dataset.fields).prompt;

  function choose(card) {
    idea = card;
    box.value = promptOf(card);
    box.focus();
  }

  function handOver() {
    // An input method would lose what it is composing.
    if (isComposing) return void box.addEventListener("compositionend", () => setTimeout(handOver), { once: true });
    const real = document.querySelector("#field-prompt textarea");
    if (!real) return void setTimeout(handOver, APPLIED_MS); // Gradio mounts the parts of the page in an order of its own
    if (idea && !isFilledIn(real)) return void setTimeout(handOver, APPLIED_MS);
    const hadFocus = opening.contains(document.activeElement);
    if (box.value !== handedOver) {
      real.value = box.value;
      real.dispatchEvent(new Event("input", { bubbles: true }));
    }
    showPage();
    if (hadFocus) {
      real.focus({ preventScroll: true });
      real.setSelectionRange(box.selectionStart, box.selectionEnd);
    }
    if (isKeyWanted) document.querySelector(".account .disclose").click();
    if (isPressed) requestAnimationFrame(() => setTimeout(() => document.getElementById("generate").click(), APPLIED_MS));
  }

  /** Shows the page in one step: what has a transition in Gradio's styles would be hidden for a frame more. */
  function showPage() {
    const root = document.documentElement;
    root.toggleAttribute("data-still", true);
    opening.remove();
    root.getBoundingClientRect(); // has the styles computed
    root.toggleAttribute("data-still", false);
  }

  /** Has the page fill in the idea, whose prompt alone is handed over where the page shows no ideas. */
  function isFilledIn(real) {
    const card = document.querySelectorAll(".results .example")[ideas.indexOf(idea)];
    if (card && handedOver !== promptOf(idea)) {
      handedOver = promptOf(idea);
      card.click();
    }
    return !card || real.value === handedOver;
  }

  button.addEventListener("click", press);
  opening.querySelector(".disclose")?.addEventListener("click", () => (isKeyWanted = true));
  for (const card of ideas) card.addEventListener("click", () => choose(card));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) press();
  });
  for (const [name, value] of [["compositionstart", true], ["compositionend", false]]) {
    box.addEventListener(name, () => (isComposing = value));
  }
  addEventListener("playground:ready", handOver, { once: true });
}
