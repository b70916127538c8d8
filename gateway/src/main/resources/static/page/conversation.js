// The turns of a conversation and how they look.

/** What was asked and answered so far; an answer is kept by model, so that two models each see their own. */
export class Conversation {
  turns = [];

  ask(question, picture) {
    const turn = { question, picture, answers: new Map() };
    this.turns.push(turn);
    return turn;
  }

  /** The messages that a model gets for the last question: what it has answered before, each picture once. */
  messages(model) {
    const last = this.turns.at(-1);
    let shown = null;
    return this.turns.flatMap(turn => {
      if (turn !== last && !turn.answers.has(model)) {
        return [];
      }
      const picture = turn.picture && turn.picture.url !== shown ? turn.picture : null;
      shown = turn.picture?.url ?? shown;
      const asked = { role: 'user', content: content(turn.question, picture) };
      return turn === last ? [asked] : [asked, { role: 'assistant', content: turn.answers.get(model) }];
    });
  }
}

function content(question, picture) {
  return picture
    ? [{ type: 'image_url', image_url: { url: picture.url } }, { type: 'text', text: question }]
    : question;
}

/** Draws a turn and returns what writes its answers, one for each model. */
export function drawTurn(parent, question, models) {
  const turn = element('article', 'turn');
  turn.append(element('p', 'asked', question));
  const answers = element('div', models.length > 1 ? 'answers two' : 'answers');
  turn.append(answers);
  parent.append(turn);
  const writers = models.map(model => new AnswerView(answers, model, models.length > 1));
  turn.scrollIntoView({ block: 'end' });
  return writers;
}

class AnswerView {
  #box = element('div', 'answer writing');
  #text = element('div', 'text');
  #tokens = [];
  content = '';

  constructor(parent, model, named) {
    if (named) {
      this.#box.append(element('p', 'who', model));
    }
    this.#box.append(this.#text);
    parent.append(this.#box);
  }

  /** Adds a piece of the answer as it came: a token, or a few. */
  add(piece) {
    const span = element('span', '', piece);
    span.dataset.token = this.#tokens.length;
    this.#tokens.push(span);
    this.#text.append(span);
    this.content += piece;
    const list = this.#box.closest('.conversation');
    if (list.scrollHeight - list.scrollTop - list.clientHeight < 120) {
      list.scrollTop = list.scrollHeight;
    }
  }

  /** Calls `seen` with a piece's number while the pointer or the focus is on it, with null afterwards. */
  onPiece(seen) {
    this.#tokens.forEach((span, index) => {
      span.tabIndex = 0;
      for (const [enter, leave] of [['pointerenter', 'pointerleave'], ['focus', 'blur']]) {
        span.addEventListener(enter, () => seen(index));
        span.addEventListener(leave, () => seen(null));
      }
    });
  }

  end(note) {
    this.#box.classList.remove('writing');
    if (note) {
      this.#box.append(element('p', 'ended', note));
    }
  }

  fail(message, again) {
    this.#box.classList.remove('writing');
    const fault = element('div', 'fault', message);
    if (again) {
      const button = element('button', '', 'Try again');
      button.type = 'button';
      button.addEventListener('click', again, { once: true });
      fault.append(element('div'), button);
    }
    this.#box.append(fault);
  }
}

export function element(name, className = '', text = '') {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
