/** Language of the page: the server's choice, unless this browser keeps another one and sends no cookie.
 *
 * A frame in another site's page may have storage and no cookies: the address carries the choice then, for one load.
 * Gradio takes its own words by `navigator.language` and has no setting for it. Runs before all other scripts.
 */
{
  const NAME = "playground-language"; // in the storage, and of the cookie that components/ui/http/language.py reads
  const YEAR = 31_536_000; // seconds
  const { language } = document.documentElement.dataset;
  const address = new URL(location.href);
  const requested = address.searchParams.get("lang");
  address.searchParams.delete("lang");
  if (requested !== null) history.replaceState(history.state, "", address);

  /** The choice on this page, "" without one or without storage. */
  const stored = () => {
    try {
      return localStorage.getItem(NAME) ?? "";
    } catch {
      return "";
    }
  };

  const chosen = stored();
  const forFrames = location.protocol === "https:" ? ";Secure;SameSite=None;Partitioned" : ";SameSite=Lax";
  if (chosen && chosen !== language && requested === null) {
    address.searchParams.set("lang", chosen);
    location.replace(address);
  } else if (chosen === language) {
    document.cookie = `${NAME}=${chosen};Path=${new URL("./", location.href).pathname};Max-Age=${YEAR}${forFrames}`;
  }
  Object.defineProperty(navigator, "language", { configurable: true, get: () => language });
}
