// Draws over the picture: the patch groups of partial tokens, the projector's attention, and where a word looked.

import { mapOf, mean, square } from './places.js';

const $ = id => document.getElementById(id);
const NONE = 'none';
const GROUPS = 'groups';

export class Lens {
  #map = null;
  #asked = 0;
  #word = null;
  #hint = '';

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
    const map = await mapOf(model, picture);
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
    this.#map = this.#word = null;
    this.#hint = '';
    $('lens').hidden = true;
    this.#draw();
  }

  /** Says that words can be pointed at, or says nothing. */
  hint(text) {
    this.#hint = text;
    this.#draw();
  }

  /** Lights up where a word looked: a place with its caption; null turns it off. */
  light(word) {
    this.#word = word;
    this.#draw();
  }

  #mode() {
    return document.querySelector('input[name=lens]:checked').value;
  }

  #draw() {
    const canvas = $('overlay');
    const shown = $('shown');
    const map = this.#map;
    const mode = map ? this.#mode() : NONE;
    $('layers').hidden = mode !== 'attention';
    $('frame').classList.toggle('dim', Boolean(this.#word) || mode === 'attention');
    const context = canvas.getContext('2d');
    if (!shown.naturalWidth || !shown.clientWidth) {
      context.clearRect(0, 0, canvas.width, canvas.height);
      $('lens-caption').textContent = '';
      return;
    }
    cover(canvas, shown);
    if (this.#word) {
      const { grid, weights, resizeMode } = this.#word;
      reveal(canvas, shown, { box: box(canvas, shown, resizeMode), grid, weights, tint: '--partial', smooth: true });
    } else if (mode === GROUPS) {
      outline(context, box(canvas, shown, map.resize_mode), map);
    } else if (mode !== NONE) {
      this.#drawAttention(canvas, shown, map);
    }
    $('lens-caption').textContent = this.#word ? this.#word.caption : this.#caption(mode, map);
  }

  #drawAttention(canvas, shown, map) {
    const layer = map.layers[$('layer').value - 1];
    const chosen = Number($('token').value) - 1;
    const globals = map.tokens.filter(token => token.kind === 'global').map(token => token.index);
    const tokens = chosen >= 0 ? [chosen] : globals.length ? globals : map.tokens.map(token => token.index);
    reveal(canvas, shown, {
      box: box(canvas, shown, map.resize_mode),
      grid: map.grid,
      weights: mean(map, [layer], tokens),
      tint: chosen >= 0 && map.tokens[chosen].kind === 'partial' ? '--partial' : '--global',
      smooth: false,
    });
    $('layer-value').textContent = `${layer.layer + 1} of ${map.layers.at(-1).layer + 1}`;
    $('token-value').textContent = chosen < 0
      ? (globals.length ? 'all global' : 'all')
      : `${chosen + 1}, ${map.tokens[chosen].kind}`;
  }

  #caption(mode, map) {
    if (mode === GROUPS) {
      const partial = map.tokens.filter(token => token.kind === 'partial');
      return partial.length
        ? `${partial.length} partial tokens, each with ${partial[0].patches} patches of its own; ${map.tokens.length - partial.length} global tokens see all ${map.grid.rows * map.grid.columns}.`
        : `This projector has no partial tokens: its ${map.tokens.length} tokens see every patch.`;
    }
    return mode === NONE ? this.#hint : 'Cross-attention over the patches, the mean of the heads; the strongest patch is the brightest.';
  }
}

/** Sizes the canvas to the picture as it is shown, and clears it. */
function cover(canvas, shown) {
  const density = window.devicePixelRatio || 1;
  canvas.width = Math.round(shown.clientWidth * density);
  canvas.height = Math.round(shown.clientHeight * density);
}

/** Where the square that the encoder sees lies on the canvas. */
function box(canvas, shown, resizeMode) {
  const { left, top, width, height } = square(resizeMode, shown.naturalWidth / shown.naturalHeight);
  return { left: left * canvas.width, top: top * canvas.height, width: width * canvas.width, height: height * canvas.height };
}

function cell(box, grid, patch) {
  const width = box.width / grid.columns;
  const height = box.height / grid.rows;
  return [box.left + (patch % grid.columns) * width, box.top + Math.floor(patch / grid.columns) * height, width, height];
}

/** Shows the dimmed picture bright again where the weights are, with a tint. */
function reveal(canvas, shown, { box, grid, weights, tint, smooth }) {
  const most = Math.max(...weights) || 1;
  const light = new OffscreenCanvas(canvas.width, canvas.height);
  const mask = light.getContext('2d');
  if (smooth) {
    mask.filter = `blur(${box.width / grid.columns * 0.4}px)`;
  }
  weights.forEach((weight, patch) => {
    const strength = (weight / most) ** (smooth ? 0.7 : 0.55);
    if (strength > 0.02) {
      mask.fillStyle = `rgb(0 0 0 / ${strength})`;
      mask.fillRect(...cell(box, grid, patch).map(Math.round));
    }
  });
  mask.filter = 'none';
  const glow = new OffscreenCanvas(canvas.width, canvas.height);
  const color = glow.getContext('2d');
  color.drawImage(light, 0, 0);
  color.globalCompositeOperation = 'source-in';
  color.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(tint);
  color.fillRect(0, 0, canvas.width, canvas.height);
  mask.globalCompositeOperation = 'source-in';
  mask.drawImage(shown, 0, 0, canvas.width, canvas.height);
  const context = canvas.getContext('2d');
  context.drawImage(light, 0, 0);
  context.globalAlpha = smooth ? 0.42 : 0.55;
  context.drawImage(glow, 0, 0);
  context.globalAlpha = 1;
}

function outline(context, box, { grid, tokens }) {
  const color = getComputedStyle(document.documentElement).getPropertyValue('--partial');
  context.lineWidth = Math.max(1, (window.devicePixelRatio || 1) * 1.2);
  context.strokeStyle = context.fillStyle = color;
  for (const token of tokens.filter(one => one.kind === 'partial')) {
    const members = new Set(Array.from({ length: token.patches }, (_, index) => token.first_patch + index));
    for (const patch of members) {
      const [x, y, width, height] = cell(box, grid, patch);
      context.globalAlpha = token.index % 2 ? 0.08 : 0.26;
      context.fillRect(x, y, width, height);
      context.globalAlpha = 0.9;
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
  context.globalAlpha = 1;
}
