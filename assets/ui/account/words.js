/** Labels of the account panel. */
export const words = {
  checkingKey: "Checking the key…",
  loadingKey: "Looking after your key…",
  ownKey: ({ model, masked, balance }) =>
    `Painted by ${model}. Your key ${masked} pays.${balance ? ` ${balance} left.` : ""}`,
  signedIn: (user) => `Signed in as ${user}.`,
  transferable: (count) =>
    `${count} ${count === 1 ? "picture was" : "pictures were"} made in this browser before you signed in.`,
};
