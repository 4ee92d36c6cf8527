/** Requests about source images: upload, fit, mask, extension. Fetched with the first image. */
import { getVisitor } from "../shared/browser_id.js";
import { address } from "../shared/dom.js";
import { MessageError } from "../shared/messages.js";

const MOST_BYTES = 40 * 1024 * 1024; // see components/images/source.py
const UNUSABLE = 422; // HTTP status with which the server refuses an image
const TOO_LARGE = 413; // that of a proxy, whose limit may be lower than the server's

/** All of these reject with a MessageError. */
export class SourceImages {
  /** @param {{too_large: object, not_sent: object, refused_on_the_way: object}} messages */
  constructor(messages) {
    this.messages = messages;
  }

  /** Uploads a file, made smaller where it is too large, as a JPEG where the server cannot read it. @param {Blob} file
   * @returns {Promise<import("./edit_panel.js").Original>} */
  async upload(file) {
    const { shrunk } = await import("./shrink.js");
    const first = file.size > MOST_BYTES ? await shrunk(file) : file;
    if (!first) throw new MessageError(this.messages.too_large);
    try {
      return await this.#post("", first);
    } catch (error) {
      // What the server cannot read, such as HEIC, the browser may be able to.
      const onlyLarge = error.shown.code !== "not_a_source";
      const readable = error.status === UNUSABLE && first === file ? await shrunk(file, { onlyLarge }) : null;
      if (!readable) throw error;
      return this.#post("", readable);
    }
  }

  /** Uses an image of a finished job. @param {string} job @param {number} index
   * @returns {Promise<import("./edit_panel.js").Original>} */
  useResult = (job, index) => this.#post("/result", JSON.stringify({ job, index }));

  /** @param {{name: string, width: number, height: number, way: string}} request
   * @returns {Promise<import("./edit_panel.js").Fitted>} */
  fit = (request) => this.#post("/fit", JSON.stringify(request));

  /** Adds pixels on some sides.
   * @param {{name: string, left?: number, top?: number, right?: number, bottom?: number}} request
   * @returns {Promise<import("./edit_panel.js").Original & {kept: number[], is_smaller: boolean}>} */
  extend = (request) => this.#post("/room", JSON.stringify(request));

  /** @param {{name: string}} fitted @param {Blob} png @returns {Promise<{name: string, src: string}>} */
  uploadMask = ({ name }, png) => this.#post(`/mask/${name}`, png);

  /** Sends a file that someone else made as a mask of an image. @param {Blob} file @param {{name: string}} original
   * @param {{width: number, height: number}} fitted @param {string} way in which it was fitted
   * @returns {Promise<{src: string, is_certain: boolean}>} what it marks; the rest may be meant unless it is certain */
  readMask(file, { name }, { width, height }, way) {
    return this.#post(`/mask-file/${name}?${new URLSearchParams({ width, height, way })}`, file);
  }

  async #post(path, body) {
    const visitor = await getVisitor();
    const headers = { "X-Playground-Visitor": visitor.id };
    const response = await fetch(address(`playground/sources${path}`), { method: "POST", headers, body });
    // A proxy's own answer, as to a body that is too large for it, is an HTML page.
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    const unexplained = response.status === TOO_LARGE ? this.messages.refused_on_the_way : this.messages.not_sent;
    throw new MessageError(answer.refused ?? unexplained, response.status);
  }
}
