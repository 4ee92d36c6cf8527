/* What gr.HTML runs once its empty place is there. code.js, which is fetched when code is asked for, finds here whom
   to ask. */
element.closest("#code").server = server;
