// The page: wires picture, conversation, models and tools together.

import { ApiError, chat, key, models } from './api.js';
import { Conversation, drawTurn, element } from './conversation.js';
import { EXAMPLES, QUESTIONS } from './examples.js';
import { Lens } from './lens.js';
import { PictureInput } from './picture.js';
import { snippet } from './snippets.js';
import { drawWork } from './work.js';

const $ = id => document.getElementById(id);

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
    if (error.status === 401) {
      return askForKey(error.message, loadModels);
    }
    notice(error.message);
    return setTimeout(loadModels, 2000);
  }
  offered = list.filter(model => model.ready);
  if (offered.length === 0) {
    notice('No model is ready yet. This page looks again every two seconds.');
    return setTimeout(loadModels, 2000);
  }
  notice(null);
  fill($('model'), offered);
  fill($('rival'), offered);
  $('rival').selectedIndex = Math.min(1, offered.length - 1);
  $('model').disabled = false;
  $('compare').hidden = offered.length < 2;
  showLens();
}

function fill(select, list) {
  select.replaceChildren(...list.map(({ id, pargo }) => {
    const option = element('option', '', pargo?.llm?.random_weights ? `${id} (random weights)` : id);
    option.value = id;
    return option;
  }));
}

function chosenModels() {
  const first = $('model').value;
  return comparing() && $('rival').value !== first ? [first, $('rival').value] : [first];
}

function comparing() {
  return $('compare').getAttribute('aria-pressed') === 'true';
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
  const model = offered.find(({ id }) => id === $('model').value);
  if (picture.current && model?.pargo?.query_tokens) {
    lens.load(model.id, picture.current.url);
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
    Object.assign(image, { src: example.file, alt: example.alt, width: 76, height: 76 });
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
  const writers = drawTurn($('conversation'), question, names);
  const abort = new AbortController();
  busy(abort);
  $('spoken').textContent = 'The answer is being written.';
  const runs = await Promise.all(names.map((model, index) => answer(model, turn, writers[index], abort.signal)));
  busy(null);
  const done = runs.filter(Boolean);
  if (done.length > 0) {
    $('work').hidden = false;
    drawWork($('bars'), done);
  }
  $('spoken').textContent = names.map(model => turn.answers.get(model) ?? '').join('\n');
  $('question').focus();
}

/** Streams one model's answer; gives its timings, or null if it did not come to its end. */
async function answer(model, turn, writer, signal) {
  const request = { model, messages: conversation.messages(model), ...settings() };
  let closing = null;
  try {
    for await (const chunk of chat(request, signal)) {
      const choice = chunk.choices[0];
      if (choice?.delta?.content) {
        writer.add(choice.delta.content);
      }
      if (choice?.finish_reason === 'length') {
        closing = 'The answer was cut at its limit of tokens.';
      }
      if (chunk.usage && chunk.timings) {
        turn.answers.set(model, writer.content);
        writer.end(closing);
        return { model, usage: chunk.usage, timings: chunk.timings };
      }
    }
  } catch (error) {
    if (error.name === 'AbortError') {
      writer.end('Stopped.');
    } else {
      fail(error, writer, turn.question);
    }
  }
  if (writer.content) {
    turn.answers.set(model, writer.content);
  }
  return null;
}

function fail(error, writer, question) {
  if (!(error instanceof ApiError)) {
    writer.fail('The page failed to show this answer.');
    throw error;
  }
  if (error.status === 401) {
    askForKey(error.message, () => {});
  }
  const wait = error.retryAfter ? ` It may work again in ${error.retryAfter} s.` : '';
  writer.fail(error.message + wait, () => ask(question));
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
  $('fresh').hidden = conversation.turns.length === 0;
}

function startOver() {
  running?.abort();
  conversation = new Conversation();
  $('conversation').replaceChildren($('welcome'));
  $('welcome').hidden = false;
  $('work').hidden = true;
  $('fresh').hidden = true;
  suggest();
  $('question').focus();
}

// Tools

function notice(text) {
  $('notice').hidden = text === null;
  $('notice').textContent = text ?? '';
}

function showCode() {
  const language = document.querySelector('input[name=language]:checked').value;
  const asked = $('question').value.trim() || conversation.turns.at(-1)?.question || QUESTIONS[0];
  $('snippet').textContent = snippet(language, {
    base: new URL('v1', document.baseURI).href,
    model: $('model').value,
    question: asked,
    picture: picture.current,
    settings: settings(),
    keyed: key.get() !== '',
  });
  if (!$('code-dialog').open) {
    $('copy').textContent = 'Copy';
    $('code-dialog').showModal();
  }
}

async function copyCode() {
  await navigator.clipboard.writeText($('snippet').textContent);
  $('copy').textContent = 'Copied';
}

function askForKey(why, then) {
  $('key-why').textContent = why ?? 'If this gateway asks for a key, this browser keeps it and sends it with every request.';
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
$('model').addEventListener('change', showLens);
$('compare').addEventListener('click', () => {
  $('compare').setAttribute('aria-pressed', String(!comparing()));
  $('rival-field').hidden = !comparing();
});
$('code').addEventListener('click', showCode);
$('copy').addEventListener('click', copyCode);
document.querySelectorAll('input[name=language]').forEach(input => input.addEventListener('change', showCode));
$('key').addEventListener('click', () => askForKey(null, loadModels));
$('key-forget').addEventListener('click', () => {
  key.forget();
  $('key-dialog').close('forget');
});

drawExamples();
loadModels();
