/** Line that says what becomes of an image; a problem looks as an error does. */
import { make, setText } from "../shared/dom.js";

export class StatusLine {
  node = make("p", { className: "state", role: "status" });

  /** @param {string} sentence "" hides the line */
  show(sentence) {
    this.node.classList.remove("problem");
    setText(this.node, sentence);
  }

  /** @param {string} sentence */
  showProblem(sentence) {
    this.node.classList.add("problem");
    setText(this.node, sentence);
  }
}
