// From a word's attention to a place in the picture.

import { attention, ApiError } from './api.js';

const KEPT = 12;

/** The share of a ninth that stands out; an even look would give each 0.11. */
const DISTINCT = 0.18;
const known = new Map();
const mixes = new WeakMap();

/** What a model's visual tokens take of each patch of a picture, or null if its projector has no cross-attention. */
export function mapOf(model, picture) {
  const name = `${model}\n${picture}`;
  if (!known.has(name)) {
    const asked = ask(model, picture);
    known.set(name, asked);
    asked.then(map => map ?? known.delete(name), () => known.delete(name));
    if (known.size > KEPT) {
      known.delete(known.keys().next().value);
    }
  }
  return known.get(name);
}

async function ask(model, picture) {
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

/**
 * Where a word looked: its attention to the visual tokens, times what each of these takes of the patches, the mean of all
 * layers and heads. The visual tokens of a projector without cross-attention are places themselves.
 *
 * `weights` are those of the picture's visual tokens, `picture` is as the gateway describes it in an answer. Gives
 * { grid, weights, resizeMode }, or null if its tokens have no place.
 */
export function place(weights, picture, map) {
  if (map) {
    const mix = mixOf(map);
    const patches = mix[0].map((_, patch) => weights.reduce((sum, weight, token) => sum + weight * mix[token][patch], 0));
    return { grid: map.grid, weights: patches, resizeMode: map.resize_mode };
  }
  let first = 0;
  for (const { kind, rows, columns } of picture.pieces) {
    if (kind === 'whole' && rows > 1 && columns > 1) {
      return { grid: { rows, columns }, weights: weights.slice(first, first + rows * columns), resizeMode: picture.resize_mode };
    }
    first += rows * columns;
  }
  return null;
}

/** [visual tokens][patches] */
function mixOf(map) {
  if (!mixes.has(map)) {
    mixes.set(map, map.tokens.map(token => mean(map, map.layers, [token.index])));
  }
  return mixes.get(map);
}

/** How much the tokens take of each patch, the mean of the layers, of their groups of heads, and of the tokens. */
export function mean({ grid, tokens: all }, layers, tokens) {
  const sum = new Array(grid.rows * grid.columns).fill(0);
  for (const layer of layers) {
    for (const group of layer.groups) {
      for (const token of tokens) {
        group[token].forEach((weight, index) => {
          sum[all[token].first_patch + index] += weight / tokens.length / layer.groups.length / layers.length;
        });
      }
    }
  }
  return sum;
}

/** Where the square that the encoder sees lies on a picture of this shape (width by height), in shares of the picture. */
export function square(resizeMode, ratio) {
  if (resizeMode === 'plain') {
    return { left: 0, top: 0, width: 1, height: 1 };
  }
  const side = resizeMode === 'center_crop' ? Math.min(ratio, 1) : Math.max(ratio, 1);
  return { left: (1 - side / ratio) / 2, top: (1 - side) / 2, width: side / ratio, height: side };
}

/** The ninth of a picture of this shape that has the most weight, in words; if it has little more than the others, all of it. */
export function region({ grid: { rows, columns }, weights, resizeMode }, ratio) {
  const { left, top, width, height } = square(resizeMode, ratio);
  const sums = new Array(9).fill(0);
  weights.forEach((weight, cell) => {
    const row = third(top + height * (Math.floor(cell / columns) + 0.5) / rows);
    const column = third(left + width * (cell % columns + 0.5) / columns);
    sums[row * 3 + column] += weight;
  });
  const most = sums.indexOf(Math.max(...sums));
  if (sums[most] < DISTINCT * sums.reduce((sum, one) => sum + one)) {
    return 'all over the picture';
  }
  const name = [['top', '', 'bottom'][Math.floor(most / 3)], ['left', '', 'right'][most % 3]].filter(Boolean).join(' ');
  return `at the ${name || 'center'}`;
}

function third(share) {
  return Math.min(2, Math.max(0, Math.floor(share * 3)));
}
