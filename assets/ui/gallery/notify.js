/** Sound, and a notification in a hidden tab, when a job has ended. Fetched when first switched on. */
import { endOf } from "./progress.js";

const NOTES = [660, 880]; // Hz
const NOTE_SECONDS = 0.18;
const LOUDNESS = 0.12;
let sound = null;

/** Requests the browser's permissions. Must run within a click. */
export async function requestPermission() {
  sound ??= new AudioContext();
  if ("Notification" in window && Notification.permission === "default") await Notification.requestPermission();
}

/** @param {object} row the job that has ended */
export function notify(row) {
  chime();
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  try {
    new Notification(endOf(row), { tag: row.click });
  } catch {
    // On Android only service workers may notify: the sound and the title remain.
  }
}

function chime() {
  sound ??= new AudioContext();
  sound.resume();
  NOTES.forEach((pitch, place) => playNote(pitch, sound.currentTime + place * NOTE_SECONDS));
}

function playNote(pitch, start) {
  const tone = new OscillatorNode(sound, { frequency: pitch });
  const loudness = new GainNode(sound, { gain: LOUDNESS });
  loudness.gain.setValueAtTime(LOUDNESS, start);
  loudness.gain.linearRampToValueAtTime(0, start + NOTE_SECONDS);
  tone.connect(loudness).connect(sound.destination);
  tone.start(start);
  tone.stop(start + NOTE_SECONDS);
}
