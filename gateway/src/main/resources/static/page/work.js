// Where a request's time went, and what it did not have to compute.

import { element } from './conversation.js';

const PHASES = [
  ['queue', 'Queue'],
  ['encode', 'Encode'],
  ['project', 'Project'],
  ['prefill', 'First token'],
  ['decode', 'Decode'],
];

/** Draws one bar for each of `runs`: { model, timings, usage } of a finished answer. */
export function drawWork(parent, runs) {
  parent.replaceChildren(...runs.map(run => draw(run, runs.length > 1)));
}

function draw({ model, timings, usage }, named) {
  const box = element('div', 'run');
  if (named) {
    box.append(element('h4', '', model));
  }
  const spent = phases(timings);
  const bar = element('div', 'bar');
  bar.setAttribute('role', 'img');
  bar.setAttribute('aria-label', spent.map(([, name, ms]) => `${name} ${duration(ms)}`).join(', '));
  const legend = element('ul', 'legend');
  for (const [kind, name, ms] of spent) {
    const part = element('i', kind);
    part.style.flexGrow = ms;
    bar.append(part);
    const item = element('li');
    item.append(element('i', kind), name, element('b', '', duration(ms)));
    legend.append(item);
  }
  box.append(bar, legend, facts(usage, timings));
  return box;
}

function phases(timings) {
  const queue = timings.queue_ms ?? 0;
  const times = {
    queue,
    encode: timings.encode_ms,
    project: timings.project_ms,
    prefill: Math.max(0, timings.time_to_first_token_ms - timings.encode_ms - timings.project_ms - queue),
    decode: timings.decode_ms,
  };
  return PHASES.map(([kind, name]) => [kind, name, times[kind]]).filter(([, , ms]) => ms > 0);
}

function facts(usage, timings) {
  const line = element('p', 'facts');
  const known = usage.prompt_tokens_details ?? {};
  const rate = timings.decode_ms > 0 ? (usage.completion_tokens - 1) / (timings.decode_ms / 1000) : 0;
  const parts = [
    [usage.prompt_tokens, `prompt tokens, ${usage.visual_tokens ?? 0} of them visual`],
    [known.cached_tokens ?? 0, 'known from before'],
    [usage.completion_tokens, rate > 0 ? `written, ${rate.toFixed(rate < 10 ? 1 : 0)} a second` : 'written'],
  ];
  if (known.cached_images > 0) {
    parts.push([known.cached_images, known.cached_images > 1 ? 'pictures from the cache' : 'picture from the cache']);
  }
  parts.forEach(([number, text], index) => line.append(index ? ' · ' : '', element('b', '', number), ` ${text}`));
  return line;
}

function duration(ms) {
  if (ms < 10) {
    return `${ms.toFixed(1)} ms`;
  }
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
