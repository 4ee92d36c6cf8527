/* What gr.HTML runs once the account panel's element is there; ASSETS and MESSAGES are put in by account.py. */
const root = (window.gradio_config && window.gradio_config.root) || window.location.origin;
import(`${root}/ASSETS/account.js`).then((account) => account.mount({ element, server, messages: MESSAGES }));
