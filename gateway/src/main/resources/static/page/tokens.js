// Which part of an answer's text each of its tokens wrote.

/**
 * Divides a piece of text among its tokens: [{ text, weights }], weights being a token's attention to the visual tokens or
 * null. Where the tokens' bytes do not make up the text, as at a stop string, the piece stays whole.
 */
export function pieces(text, tokens) {
  const decoder = new TextDecoder();
  const parts = tokens.map(token => ({
    text: decoder.decode(new Uint8Array(token.bytes), { stream: true }),
    weights: token.visual.length > 0 ? token.visual : null,
  }));
  const written = parts.map(part => part.text).join('');
  if (written !== text) {
    const known = parts.map(part => part.weights).filter(Boolean);
    return [{ text, weights: known.length > 0 ? average(known) : null }];
  }
  return parts.length > 0 ? parts : [{ text, weights: null }];
}

function average(rows) {
  return rows[0].map((_, column) => rows.reduce((sum, row) => sum + row[column], 0) / rows.length);
}
