/** A sound and, in a hidden tab, a notification when a picture is done; fetched when somebody wishes it. */
import { words } from "./words.js";

const NOTES = [660, 880]; // Hz
const LENGTH = 0.18; // seconds of a note
let sound = null;

/** Asks what the browser asks for; to be called in a click. */
export async function prepare() {
  sound ??= new AudioContext();
  if ("Notification" in window && Notification.permission === "default") await Notification.requestPermission();
}

/** @param {object} row the job that ended */
export function tell(row) {
  chime();
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  try {
    new Notification(row.state === "completed" ? words.ready(row) : words.failed(row), { tag: row.click });
  } catch {
    // Android lets only service workers notify; the sound and the title remain.
  }
}

function chime() {
  sound ??= new AudioContext();
  sound.resume();
  NOTES.forEach((pitch, place) => note(pitch, sound.currentTime + place * LENGTH));
}

function note(pitch, at) {
  const tone = new OscillatorNode(sound, { frequency: pitch });
  const loudness = new GainNode(sound, { gain: 0.12 });
  loudness.gain.setValueAtTime(0.12, at);
  loudness.gain.linearRampToValueAtTime(0, at + LENGTH);
  tone.connect(loudness).connect(sound.destination);
  tone.start(at);
  tone.stop(at + LENGTH);
}
