/* `js_on_load` of a gr.HTML whose scripts are loaded later: they find its server functions on its element. */
element.closest("#code, #help-prompt").server = server;
