// Where the gateway is, and what it is asked.

import { readFileSync } from 'node:fs';

/** The gateway. */
export const url = process.env.PARGO_URL ?? 'http://127.0.0.1:8080';

/** A gateway whose requests have too little time for a long answer: it breaks off in the middle of a stream. */
export const hastyUrl = process.env.PARGO_HASTY_URL;

export const model = 'pargo-mini';

const examples = new URL('../../examples/', import.meta.url);

/** A picture of the word VERY, as a data URL. */
export const very = `data:image/png;base64,${readFileSync(new URL('very.png', examples)).toString('base64')}`;

export const question = 'What does the text say?';

/** Fields that have an answer fill nearly all of the context. */
export const endless = { ignore_eos: true, max_tokens: 450 };

export const schema = {
  type: 'object',
  properties: { word: { type: 'string', maxLength: 8 }, letters: { type: 'integer', minimum: 0, maximum: 9 } },
  required: ['word', 'letters'],
  additionalProperties: false,
};
