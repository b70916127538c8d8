// What the projector's tokens look at, drawn over the picture: the patch groups of partial tokens, and attention.

import { ApiError, attention } from './api.js';

const $ = id => document.getElementById(id);
const NONE = 'none';
const GROUPS = 'groups';

export class Lens {
  #map = null;
  #asked = 0;
  #words = null;

  constructor() {
    document.querySelectorAll('input[name=lens]').forEach(input => input.addEventListener('change', () => this.#draw()));
    $('layer').addEventListener('input', () => this.#draw());
    $('token').addEventListener('input', () => this.#draw());
    new ResizeObserver(() => this.#draw()).observe($('shown'));
    $('shown').addEventListener('load', () => this.#draw());
  }

  /** Asks the model what its visual tokens of this picture attend to. */
  async load(model, picture) {
    this.clear();
    const asked = ++this.#asked;
    const map = await this.#ask(model, picture);
    if (asked !== this.#asked) {
      return;
    }
    this.#map = map;
    $('lens').hidden = map === null;
    if (map) {
      $('layer').max = map.layers.length;
      $('layer').value = map.layers.length;
      $('token').max = map.tokens.length;
      $('token').value = 0;
      this.#draw();
    }
  }

  clear() {
    this.#asked++;
    this.#map = this.#words = null;
    $('lens').hidden = true;
    this.#draw();
  }

  /** Lights up where a piece of the answer looked: one weight a patch; null turns it off. */
  light(weights) {
    this.#words = weights;
    this.#draw();
  }

  async #ask(model, picture) {
    try {
      return await attention(model, picture);
    } catch (error) {
      // Whatever is wrong with the picture is said when it is asked about.
      if (error instanceof ApiError) {
        return null;
      }
      throw error;
    }
  }

  #mode() {
    return document.querySelector('input[name=lens]:checked').value;
  }

  #draw() {
    const canvas = $('overlay');
    const shown = $('shown');
    const map = this.#map;
    $('layers').hidden = !map || this.#mode() !== 'attention';
    const context = canvas.getContext('2d');
    if (!map || !shown.naturalWidth) {
      context.clearRect(0, 0, canvas.width, canvas.height);
      return;
    }
    const box = place(canvas, shown, view(map.resize_mode, shown));
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (this.#words) {
      paint(context, box, map.grid, this.#words, '--partial');
    } else if (this.#mode() === GROUPS) {
      outline(context, box, map);
    } else if (this.#mode() !== NONE) {
      this.#paintAttention(context, box, map);
    }
    $('lens-caption').textContent = this.#caption(map);
  }

  #paintAttention(context, box, map) {
    const layer = map.layers[$('layer').value - 1];
    const chosen = Number($('token').value) - 1;
    const globals = map.tokens.filter(token => token.kind === 'global').map(token => token.index);
    const tokens = chosen >= 0 ? [chosen] : globals.length ? globals : map.tokens.map(token => token.index);
    paint(context, box, map.grid, mean(layer, tokens, map), chosen >= 0 && map.tokens[chosen].kind === 'partial' ? '--partial' : '--global');
    $('layer-value').textContent = `${layer.layer + 1} of ${map.layers.at(-1).layer + 1}`;
    $('token-value').textContent = chosen < 0
      ? (globals.length ? 'all global' : 'all')
      : `${chosen + 1}, ${map.tokens[chosen].kind}`;
  }

  #caption(map) {
    const partial = map.tokens.filter(token => token.kind === 'partial');
    const rest = map.tokens.length - partial.length;
    if (this.#mode() === GROUPS) {
      return partial.length
        ? `${partial.length} partial tokens, each with ${partial[0].patches} patches of its own; ${rest} global tokens see all ${map.grid.rows * map.grid.columns}.`
        : `This projector has no partial tokens: its ${map.tokens.length} tokens see every patch.`;
    }
    return this.#mode() === NONE ? '' : 'Cross-attention over the patches, mean of the heads; the strongest patch is the most intense.';
  }
}

/** Sizes the canvas to the picture as it is shown and returns where the encoder's square lies on it. */
function place(canvas, shown, view) {
  const scale = Math.min(shown.clientWidth / shown.naturalWidth, shown.clientHeight / shown.naturalHeight);
  const width = shown.naturalWidth * scale;
  const height = shown.naturalHeight * scale;
  const density = window.devicePixelRatio || 1;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  canvas.style.left = `${shown.offsetLeft + (shown.clientWidth - width) / 2}px`;
  canvas.style.top = `${shown.offsetTop + (shown.clientHeight - height) / 2}px`;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  return {
    left: view.left * canvas.width,
    top: view.top * canvas.height,
    width: view.width * canvas.width,
    height: view.height * canvas.height,
  };
}

function cell(box, grid, patch) {
  const width = box.width / grid.columns;
  const height = box.height / grid.rows;
  return [box.left + (patch % grid.columns) * width, box.top + Math.floor(patch / grid.columns) * height, width, height];
}

function outline(context, box, { grid, tokens }) {
  context.lineWidth = Math.max(1, (window.devicePixelRatio || 1) * 1.2);
  for (const token of tokens.filter(one => one.kind === 'partial')) {
    context.strokeStyle = color('--partial', 0.9);
    context.fillStyle = color('--partial', token.index % 2 ? 0.1 : 0.28);
    const members = new Set(patchesOf(token));
    for (const patch of members) {
      const [x, y, width, height] = cell(box, grid, patch);
      context.fillRect(x, y, width, height);
      context.beginPath();
      for (const [inside, from, to] of [
        [members.has(patch - 1) && patch % grid.columns > 0, [x, y], [x, y + height]],
        [members.has(patch + 1) && (patch + 1) % grid.columns > 0, [x + width, y], [x + width, y + height]],
        [members.has(patch - grid.columns), [x, y], [x + width, y]],
        [members.has(patch + grid.columns), [x, y + height], [x + width, y + height]],
      ]) {
        if (!inside) {
          context.moveTo(...from);
          context.lineTo(...to);
        }
      }
      context.stroke();
    }
  }
}

function paint(context, box, grid, weights, name) {
  const most = Math.max(...weights) || 1;
  weights.forEach((weight, patch) => {
    context.fillStyle = color(name, 0.86 * Math.sqrt(weight / most));
    context.fillRect(...cell(box, grid, patch).map(Math.round));
  });
}

/** The mean over tokens and groups of heads, one number a patch. */
function mean(layer, tokens, { grid, tokens: all }) {
  const sum = new Array(grid.rows * grid.columns).fill(0);
  for (const group of layer.groups) {
    for (const token of tokens) {
      group[token].forEach((weight, index) => {
        sum[all[token].first_patch + index] += weight / tokens.length / layer.groups.length;
      });
    }
  }
  return sum;
}

function patchesOf({ first_patch: first, patches }) {
  return Array.from({ length: patches }, (_, index) => first + index);
}

/** Where the square that the encoder sees lies on the picture, in units of its width and height. */
function view(mode, { naturalWidth: width, naturalHeight: height }) {
  if (mode === 'plain') {
    return { left: 0, top: 0, width: 1, height: 1 };
  }
  const side = mode === 'center_crop' ? Math.min(width, height) : Math.max(width, height);
  return { left: (width - side) / 2 / width, top: (height - side) / 2 / height, width: side / width, height: side / height };
}

function color(name, alpha) {
  const base = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const [red, green, blue] = [1, 3, 5].map(at => parseInt(base.slice(at, at + 2), 16));
  return `rgb(${red} ${green} ${blue} / ${alpha})`;
}
