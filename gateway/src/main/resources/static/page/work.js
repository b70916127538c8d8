// Where the time of an answer went, and what it did not have to compute.

import { element } from './element.js';

const PHASES = [
  ['queue', 'Queue'],
  ['encode', 'Encode'],
  ['project', 'Project'],
  ['prefill', 'First token'],
  ['decode', 'Decode'],
];

/** A bar with its legend for { timings, usage } of a finished answer. */
export function drawWork({ timings, usage }) {
  const spent = phases(timings);
  const bar = element('div', 'bar');
  bar.setAttribute('role', 'img');
  bar.setAttribute('aria-label', `Where the time went: ${spent.map(([, name, ms]) => `${name} ${duration(ms)}`).join(', ')}`);
  const legend = element('ul', 'legend');
  for (const [kind, name, ms] of spent) {
    const part = element('i', kind);
    part.style.flexGrow = ms;
    bar.append(part);
    const item = element('li');
    item.append(element('i', kind), name, element('b', '', duration(ms)));
    legend.append(item);
  }
  const box = element('div', 'work');
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
    [known.cached_tokens ?? 0, 'from the cache'],
    [usage.completion_tokens, rate > 0 ? `tokens written, ${rate.toFixed(rate < 10 ? 1 : 0)} a second` : 'tokens written'],
  ];
  if (known.cached_images > 0) {
    parts.push([known.cached_images, known.cached_images > 1 ? 'pictures from the cache' : 'picture from the cache']);
  }
  for (const [number, text] of parts) {
    const part = element('span');
    part.append(element('b', '', number), ` ${text}`);
    line.append(part, ' ');
  }
  return line;
}

function duration(ms) {
  if (ms < 10) {
    return `${ms.toFixed(1)} ms`;
  }
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
