/* What gr.HTML runs once the help below the prompt is there. prompt_length.js, which is fetched when a text changes for
   the first time, finds here whom to ask. */
element.closest("#help-prompt").server = server;
