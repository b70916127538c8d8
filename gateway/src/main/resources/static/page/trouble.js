// What to do when something goes wrong, in a sentence.

/** What the gateway said, and what to do about it. */
export function sentence(error) {
  const message = error.message[0].toUpperCase() + error.message.slice(1);
  const said = /[.!?]$/.test(message) ? message : `${message}.`;
  return `${said} ${advice(error)}`.trim();
}

function advice({ status, code, param, retryAfter }) {
  if (code === 'context_length_exceeded') {
    return 'Ask a shorter question, or begin a new conversation.';
  }
  if (param?.includes('image')) {
    return 'Choose another picture.';
  }
  switch (status) {
    case 0: return 'Check that the gateway is running and that you are connected, then try again.';
    case 400: return 'Change the question or the options, then try again.';
    case 401: return 'Give a valid key: the button is at the top.';
    case 403: return 'Choose another model, or give another key.';
    case 404: return 'Choose another model.';
    case 408: case 413: return 'Choose a smaller picture.';
    case 429: case 503: return retryAfter ? `Wait ${retryAfter} s, then try again.` : 'Wait a moment, then try again.';
    case 504: return 'Ask for fewer tokens, then try again.';
    default: return 'Try again; if it stays like this, the log of the gateway tells why.';
  }
}
