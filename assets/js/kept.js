/** Texts that the browser keeps for this page. Where it keeps nothing they last as long as the page: nothing here fails. */
const held = new Map();

/** @param {string} name @param {string} text @param {{ofTab?: boolean}} [how] `ofTab`: for this tab alone */
export function keep(name, text, { ofTab = false } = {}) {
  held.set(`${ofTab} ${name}`, text);
  try {
    (ofTab ? sessionStorage : localStorage).setItem(name, text);
  } catch {
    // full, or forbidden: it is held above
  }
}

/** @param {string} name @param {{ofTab?: boolean}} [how] @returns {?string} */
export function kept(name, { ofTab = false } = {}) {
  try {
    return (ofTab ? sessionStorage : localStorage).getItem(name);
  } catch {
    return held.get(`${ofTab} ${name}`) ?? null;
  }
}
