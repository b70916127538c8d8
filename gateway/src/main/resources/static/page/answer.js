// An answer on the page: its words while they come, where the time went, or what went wrong.

import { element } from './element.js';
import { pieces } from './tokens.js';
import { drawWork } from './work.js';

/** Draws a turn and returns what writes its answers, one for each model. `onWord` is called as AnswerView says. */
export function drawTurn(parent, question, models, onWord) {
  const turn = element('article', 'turn');
  turn.append(element('p', 'asked', question));
  const answers = element('div', models.length > 1 ? 'answers two' : 'answers');
  turn.append(answers);
  parent.append(turn);
  const views = models.map(model => new AnswerView(answers, model, models.length > 1, onWord));
  turn.scrollIntoView({ block: 'end' });
  return views;
}

/**
 * One answer. `onWord(view, word)` is called while the pointer or the focus is on a word, with null afterwards; a word is
 * { text, weights }: how much it attended to each visual token, or null where that is not known.
 */
class AnswerView {
  #box = element('div', 'answer writing');
  #text = element('div', 'text');
  #words = [];
  #open = null;
  #onWord;
  /** What is written so far. */
  content = '';
  /** The pictures that the words attend to, as the gateway describes them; null until it has. */
  pictures = null;
  /** The word under the pointer or the focus. */
  pointed = null;

  constructor(parent, model, named, onWord) {
    this.model = model;
    this.#onWord = onWord;
    if (named) {
      this.#box.append(element('p', 'who', model));
    }
    this.#box.append(this.#text);
    parent.append(this.#box);
    this.#listen();
  }

  /** Adds a piece of the answer as it came: its text, and the attention of its tokens if that was asked for. */
  add(text, tokens = []) {
    for (const piece of pieces(text, tokens)) {
      for (const part of piece.text.split(/(\s+)/).filter(Boolean)) {
        this.#append(part, piece.weights);
      }
    }
    this.content += text;
    const list = this.#box.closest('.conversation');
    if (list.scrollHeight - list.scrollTop - list.clientHeight < 160) {
      list.scrollTop = list.scrollHeight;
    }
  }

  #append(part, weights) {
    if (!part.trim()) {
      this.#open = null;
      this.#text.append(part);
      return;
    }
    if (this.#open === null) {
      this.#open = { span: element('span', 'word'), text: '', seen: [] };
      this.#open.span.dataset.word = this.#words.length;
      this.#words.push(this.#open);
      this.#text.append(this.#open.span);
    }
    this.#open.text += part;
    this.#open.span.append(part);
    // A comma looks elsewhere than its word.
    if (weights && /[\p{L}\p{N}]/u.test(part)) {
      this.#open.seen.push(weights);
    }
  }

  /** From now on its words can be pointed at and focused, if their places are known. */
  #invite() {
    const known = this.pictures ? this.#words.filter(word => word.seen.length > 0) : [];
    known.forEach((word, index) => {
      word.span.tabIndex = index === 0 ? 0 : -1;
      word.span.classList.add('known');
    });
    if (known.length > 0) {
      this.#text.setAttribute('role', 'group');
      this.#text.setAttribute('aria-label', 'Answer; the arrow keys go from word to word and tell where each looked');
    }
  }

  #listen() {
    this.#text.addEventListener('pointerover', event => this.#tell(event.target));
    this.#text.addEventListener('pointerleave', () => this.#tell(document.activeElement));
    this.#text.addEventListener('focusin', event => this.#tell(event.target));
    this.#text.addEventListener('focusout', () => this.#tell(null));
    this.#text.addEventListener('click', event => event.target.closest('.known')?.focus());
    this.#text.addEventListener('keydown', event => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const known = this.#words.filter(word => word.seen.length > 0).map(word => word.span);
      const next = event.key === 'Home' ? known[0] : event.key === 'End' ? known.at(-1)
        : step && known[known.indexOf(event.target) + step];
      if (next) {
        event.preventDefault();
        event.target.tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
      }
    });
  }

  #tell(target) {
    const span = this.#text.contains(target) ? target.closest('.known') : null;
    this.pointed = span ? this.#word(this.#words[span.dataset.word]) : null;
    this.#onWord(this, this.pointed);
  }

  #word({ text, seen }) {
    return { text: text.replace(/[^\p{L}\p{N}]+$/u, ''), weights: seen[0].map((_, token) => mean(seen, token)) };
  }

  /** Ends the answer; `run` is { timings, usage }, or null if it did not come to its end. */
  end(note, run) {
    this.#box.classList.remove('writing');
    this.#invite();
    if (note) {
      this.#box.append(element('p', 'ended', note));
    }
    if (run) {
      this.#box.append(drawWork(run));
    }
    this.#box.scrollIntoView({ block: 'nearest' });
  }

  /** Makes the bar of its time shorter than another's: a share of the width. */
  scale(share) {
    this.#box.querySelector('.bar')?.style.setProperty('width', `${100 * share}%`);
  }

  fail(message, again) {
    this.#box.classList.remove('writing');
    const fault = element('div', 'fault');
    fault.setAttribute('role', 'alert');
    fault.append(element('p', '', message));
    if (again) {
      const button = element('button', '', 'Try again');
      button.type = 'button';
      button.addEventListener('click', again, { once: true });
      fault.append(button);
    }
    this.#box.append(fault);
    this.#box.scrollIntoView({ block: 'nearest' });
  }
}

function mean(rows, column) {
  return rows.reduce((sum, row) => sum + row[column], 0) / rows.length;
}
