/** Labels of the host's page. */
export const words = {
  on: "Spending is on",
  onMeaning: "Visitors make pictures with your key, within the limits below.",
  closedMeaning: "Yet nobody may use your key: see who may spend.",
  stopped: "All spending is stopped",
  stoppedMeaning:
    "No new picture is paid with your key. What was sent already still ends; visitors' own keys are not touched.",
  forced: "PLAYGROUND_STOP is set where the app was started. This switch cannot undo that.",
  switchOn: "Stop all spending",
  switchOff: "Let spending go on",
  switching: "One moment…",
  of: (cap) => `of ${cap}`,
  unknown: "Not told",
  floor: (floor) => `Spending stops when less than ${floor} would be left.`,
  reserved: (amount) => ` Held back for pictures under way: ${amount}.`,
  access: {
    everyone: () => "Everybody who can open the page.",
    "signed-in": () => "Everybody who is signed in with Hugging Face.",
    listed: (users) => `Who is on the list and signed in with Hugging Face: ${users.join(", ") || "nobody yet"}.`,
    "own-key-only": () => "Nobody: visitors paint with keys of their own.",
  },
  each: ({ pictures_per_hour: pictures, per_person_day: dollars }) =>
    `Each person: at most ${pictures} pictures an hour and ${dollars} in 24 hours.`,
  kinds: { user: "", browser: "Browser ", programs: "Programs, not signed in" },
  others: (count) => `And ${count} more who spent less.`,
  asOf: (time) => `As of ${time}. Looks again every 10 seconds.`,
  lost: "The app does not answer. This page is looking again; what it shows may be old.",
  notSwitched: "The switch was not turned: the app did not answer.",
};
