// The page: wires picture, conversation, models and tools together.

import { drawTurn } from './answer.js';
import { ApiError, chat, key, models } from './api.js';
import { Conversation } from './conversation.js';
import { element } from './element.js';
import { EXAMPLES, QUESTIONS } from './examples.js';
import { Lens } from './lens.js';
import { PictureInput } from './picture.js';
import { mapOf, place, region } from './places.js';
import { snippet } from './snippets.js';
import { sentence } from './trouble.js';

const $ = id => document.getElementById(id);

const FINE = matchMedia('(pointer: fine)');

const lens = new Lens();
const picture = new PictureInput(pictureChanged);
let conversation = new Conversation();
let offered = [];
let running = null;

// Models

async function loadModels() {
  let list;
  try {
    list = await models();
  } catch (error) {
    notice(sentence(error));
    if (error.status === 401) {
      return askForKey(loadModels);
    }
    return setTimeout(loadModels, 2000);
  }
  offered = list.filter(model => model.ready);
  if (offered.length === 0) {
    notice('No model is ready yet. Wait: this page looks again every two seconds.');
    return setTimeout(loadModels, 2000);
  }
  notice(null);
  fill($('model'), offered);
  fill($('rival'), offered);
  $('rival').selectedIndex = Math.min(1, offered.length - 1);
  $('model').disabled = false;
  $('compare').hidden = offered.length < 2;
  modelChanged();
  performance.mark('usable');
}

function fill(select, list) {
  select.replaceChildren(...list.map(({ id, pargo }) => {
    const random = pargo?.llm?.random_weights || pargo?.projector?.random_weights;
    const option = element('option', '', random ? `${id} (random weights)` : id);
    option.value = id;
    return option;
  }));
}

function described(name) {
  return offered.find(({ id }) => id === name)?.pargo;
}

function chosenModels() {
  const first = $('model').value;
  return comparing() && $('rival').value !== first ? [first, $('rival').value] : [first];
}

function comparing() {
  return $('compare').getAttribute('aria-pressed') === 'true';
}

function modelChanged() {
  $('about').replaceChildren(...introduce(described($('model').value)));
  showLens();
}

/** What a model's visual tokens are, in a sentence. */
function introduce(about) {
  const { partial = 0, global = 0 } = about?.query_tokens ?? {};
  const strong = (kind, text) => element('strong', kind, text);
  if (partial > 0) {
    return [strong('partial', `${partial} partial`), ' tokens each look at their own patches, ',
      strong('global', `${global} global`), ' tokens at the whole. The language model reads both.'];
  }
  if (global > 0) {
    return [strong('global', `${global} query`), ' tokens look at the whole picture. The language model reads them.'];
  }
  return about?.visual_tokens
    ? ['The language model reads a picture as ', strong('partial', `${about.visual_tokens} visual`), ' tokens.']
    : ['The language model reads a picture as visual tokens.'];
}

// Picture

function pictureChanged(current) {
  for (const button of $('examples').querySelectorAll('button')) {
    button.setAttribute('aria-current', String(current?.name === button.dataset.name));
  }
  suggest();
  showLens();
}

function showLens() {
  const model = $('model').value;
  if (picture.current && described(model)?.query_tokens) {
    lens.load(model, picture.current.url);
  } else {
    lens.clear();
  }
}

function drawExamples() {
  for (const example of EXAMPLES) {
    const button = element('button');
    button.type = 'button';
    button.dataset.name = example.file.split('/').pop();
    const image = element('img');
    Object.assign(image, { src: example.file, alt: example.alt, width: 84, height: 84 });
    button.append(image);
    button.addEventListener('click', () => picture.useAddress(example.file));
    const item = element('li');
    item.append(button);
    $('examples').append(item);
  }
}

function suggest() {
  $('welcome').querySelector('.suggestions')?.remove();
  if (!picture.current) {
    return;
  }
  const example = EXAMPLES.find(({ file }) => file.endsWith(`/${picture.current.name}`));
  const row = element('div', 'suggestions');
  for (const question of example?.questions ?? QUESTIONS) {
    const button = element('button', '', question);
    button.type = 'button';
    button.addEventListener('click', () => ask(question));
    row.append(button);
  }
  $('welcome').append(row);
}

// Questions and answers

async function ask(question) {
  if (running || $('model').disabled) {
    return;
  }
  $('welcome').hidden = true;
  const names = chosenModels();
  const turn = conversation.ask(question, picture.current);
  const views = drawTurn($('conversation'), question, names, (view, word) => showWord(turn, view, word));
  const abort = new AbortController();
  busy(abort);
  $('spoken').textContent = 'The answer is being written.';
  const totals = await Promise.all(names.map((model, index) => answer(model, turn, views[index], abort.signal)));
  views.forEach((view, index) => view.scale(totals[index] / Math.max(...totals)));
  if (views.some(view => view.pictures)) {
    lens.hint(`${FINE.matches ? 'Point at' : 'Touch'} a word to see where the model looked.`);
  }
  busy(null);
  $('spoken').textContent = names.map(model => turn.answers.get(model) ?? '').join('\n');
  // On a phone the focus would bring up a keyboard, over the answer.
  if (FINE.matches) {
    $('question').focus();
  }
}

/** Streams one model's answer; gives the milliseconds that it took, 0 if it did not come to its end. */
async function answer(model, turn, view, signal) {
  const request = { model, messages: conversation.messages(model, turn, $('remember').checked), ...settings() };
  if (turn.picture && described(model)?.features?.visual_attention !== false) {
    request.attention = { visual: true };
  }
  let closing = null;
  let run = null;
  try {
    for await (const chunk of chat(request, signal)) {
      const choice = chunk.choices[0];
      if (choice?.delta?.content) {
        view.add(choice.delta.content, choice.attention?.tokens);
      }
      if (choice?.finish_reason === 'length') {
        closing = 'Cut at the limit of tokens: raise it under Options to read on.';
      }
      view.pictures = choice?.attention?.pictures ?? view.pictures;
      if (chunk.usage && chunk.timings) {
        run = { usage: chunk.usage, timings: chunk.timings };
      }
    }
    view.end(closing, run);
  } catch (error) {
    if (error.name === 'AbortError') {
      view.end('Stopped.', null);
    } else {
      fail(error, view, turn.question);
    }
  }
  if (view.content) {
    turn.answers.set(model, view.content);
  }
  return run?.timings.total_ms ?? 0;
}

function fail(error, view, question) {
  if (!(error instanceof ApiError)) {
    view.fail('The page failed to show this answer. Load it again.');
    throw error;
  }
  if (error.status === 401) {
    askForKey(() => {});
  }
  view.fail(sentence(error), () => ask(question));
}

/** Lights up the place of a word, and says it. */
async function showWord(turn, view, word) {
  const seen = view.pictures?.at(-1);
  if (!word || !seen || turn.picture?.url !== picture.current?.url) {
    return lens.light(null);
  }
  const map = described(view.model)?.query_tokens ? await mapOf(view.model, turn.picture.url) : null;
  const found = place(word.weights.slice(-seen.visual_tokens), seen, map);
  if (!found || view.pointed !== word) {
    return;
  }
  const caption = `“${word.text}” looked ${region(found, $('shown').naturalWidth / $('shown').naturalHeight)}.`;
  lens.light({ ...found, caption });
  if (document.activeElement.classList.contains('word')) {
    $('spoken').textContent = caption;
  }
}

function settings() {
  const set = {};
  if ($('most').value) {
    set.max_tokens = Number($('most').value);
  }
  if ($('temperature').value) {
    set.temperature = Number($('temperature').value);
  }
  return set;
}

function busy(abort) {
  running = abort;
  $('send').hidden = abort !== null;
  $('stop').hidden = abort === null;
  $('fresh').hidden = $('remember-field').hidden = conversation.turns.length === 0;
}

function startOver() {
  running?.abort();
  conversation = new Conversation();
  $('conversation').replaceChildren($('welcome'));
  $('welcome').hidden = false;
  $('fresh').hidden = $('remember-field').hidden = true;
  lens.light(null);
  suggest();
  $('question').focus();
}

// Tools

function notice(text) {
  $('notice').hidden = text === null;
  $('notice').textContent = text ?? '';
}

/** The turn that the code asks: what is being typed, else what was asked last. */
function nextTurn() {
  const typed = $('question').value.trim();
  const last = conversation.turns.at(-1);
  return !typed && last ? last : { question: typed || QUESTIONS[0], picture: picture.current };
}

function showCode() {
  const language = document.querySelector('input[name=language]:checked').value;
  const model = $('model').value;
  const turn = nextTurn();
  const pictures = [...conversation.turns, turn].map(one => one.picture).filter(Boolean);
  $('snippet').textContent = snippet(language, {
    base: new URL('v1', document.baseURI).href,
    model,
    messages: conversation.messages(model, turn, $('remember').checked),
    settings: settings(),
    keyed: key.get() !== '',
    names: new Map(pictures.map(({ url, name }) => [url, name])),
  });
  $('copy').textContent = 'Copy';
  if (!$('code-dialog').open) {
    $('code-dialog').showModal();
  }
}

async function copyCode() {
  try {
    await navigator.clipboard.writeText($('snippet').textContent);
    $('copy').textContent = 'Copied';
  } catch {
    // Browsers give pages without HTTPS no clipboard.
    getSelection().selectAllChildren($('snippet'));
    $('copy').textContent = 'Selected: copy it with your keyboard';
  }
}

/** `unasked`: not because a key is missing or wrong. */
function askForKey(then, unasked = false) {
  const needed = key.get() ? 'The gateway does not know this key. Give another one.' : 'This gateway needs an API key.';
  $('key-why').textContent = `${unasked ? '' : `${needed} `}This browser keeps the key and sends it with every request.`;
  $('key-value').value = '';
  if ($('key-dialog').open) {
    return;
  }
  $('key-dialog').addEventListener('close', () => {
    if ($('key-dialog').returnValue === 'keep' && $('key-value').value.trim()) {
      key.keep($('key-value').value.trim());
      then();
    }
  }, { once: true });
  $('key-dialog').returnValue = '';
  $('key-dialog').showModal();
}

$('ask').addEventListener('submit', event => {
  event.preventDefault();
  const question = $('question').value.trim();
  if (question && !running) {
    $('question').value = '';
    ask(question);
  }
});
$('question').addEventListener('keydown', event => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $('ask').requestSubmit();
  }
});
$('stop').addEventListener('click', () => running?.abort());
$('fresh').addEventListener('click', startOver);
$('model').addEventListener('change', modelChanged);
$('compare').addEventListener('click', () => {
  $('compare').setAttribute('aria-pressed', String(!comparing()));
  $('rival-field').hidden = !comparing();
});
$('code').addEventListener('click', showCode);
$('copy').addEventListener('click', copyCode);
document.querySelectorAll('input[name=language]').forEach(input => input.addEventListener('change', showCode));
$('key').addEventListener('click', () => askForKey(loadModels, true));
// No submit button, because the Enter key presses the first of them.
$('key-cancel').addEventListener('click', () => $('key-dialog').close('cancel'));
$('key-forget').addEventListener('click', () => {
  key.forget();
  $('key-dialog').close('forget');
});

drawExamples();
loadModels();
