/** Browser storage that never fails: where it is blocked or full, texts last as long as the page. */
const fallback = new Map();

/** @param {string} name @param {string} text @param {{ofTab?: boolean}} [scope] `ofTab`: for this tab only */
export function store(name, text, { ofTab = false } = {}) {
  fallback.set(`${ofTab} ${name}`, text);
  try {
    (ofTab ? sessionStorage : localStorage).setItem(name, text);
  } catch {
    // full or blocked: the text is in `fallback`
  }
}

/** @param {string} name @param {{ofTab?: boolean}} [scope] @returns {?string} */
export function stored(name, { ofTab = false } = {}) {
  try {
    return (ofTab ? sessionStorage : localStorage).getItem(name);
  } catch {
    return fallback.get(`${ofTab} ${name}`) ?? null;
  }
}
