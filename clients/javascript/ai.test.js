// Vercel's AI SDK.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, generateObject, generateText, jsonSchema, streamText } from 'ai';
import { endless, hastyUrl, model, question, schema, url, very } from './stack.js';

const provider = base => createOpenAICompatible({ name: 'pargo', baseURL: `${base}/v1`, apiKey: 'none', includeUsage: true, supportsStructuredOutputs: true });
const pargo = provider(url)(model);
const messages = [{ role: 'user', content: [{ type: 'image', image: very }, { type: 'text', text: question }] }];
const settings = { model: pargo, messages, maxRetries: 0 };

test('asks about a picture', async () => {
  const answer = await generateText(settings);
  assert.equal(answer.text, 'VERY');
  assert.equal(answer.finishReason, 'stop');
  assert.ok(answer.usage.totalTokens > 0);
});

test('asks about several pictures, as files too', async () => {
  const [image, text] = messages[0].content;
  const file = { type: 'file', data: very.split(',')[1], mediaType: 'image/png' };
  const answer = await generateText({ ...settings, messages: [{ role: 'user', content: [image, file, text] }] });
  assert.ok(answer.usage.inputTokens > (await generateText(settings)).usage.inputTokens);
});

test('goes on with a conversation', async () => {
  const turns = [{ role: 'assistant', content: 'Hello.' }, ...messages, { role: 'assistant', content: 'VERY' }, { role: 'user', content: question }];
  assert.ok((await generateText({ ...settings, system: 'Be brief.', messages: turns })).text.length > 0);
});

test('reads a stream with usage', async () => {
  const result = streamText(settings);
  let said = '';
  for await (const piece of result.textStream) {
    said += piece;
  }
  assert.equal(said, 'VERY');
  assert.ok((await result.usage).totalTokens > 0);
});

test('cancels a stream', async () => {
  const abort = new AbortController();
  const kinds = [];
  for await (const part of streamText({ ...settings, providerOptions: { pargo: endless }, abortSignal: abort.signal }).fullStream) {
    kinds.push(part.type);
    if (part.type === 'text-delta') {
      abort.abort();
    }
  }
  assert.equal(kinds.at(-1), 'abort');
});

test('draws by a seed, stops before a string', async () => {
  const drawn = async () => (await generateText({ ...settings, seed: 5, temperature: 1.5, topP: 0.9, maxOutputTokens: 6 })).text;
  assert.equal(await drawn(), await drawn());
  assert.equal((await generateText({ ...settings, topP: 0, stopSequences: ['R'] })).text, 'VE');
});

// The SDK knows one answer without log probabilities: the others are in the raw answer.
test('asks for several answers and log probabilities', async () => {
  const more = { n: 3, logprobs: true, top_logprobs: 2 };
  const answer = await generateText({ ...settings, temperature: 1.5, maxOutputTokens: 6, providerOptions: { pargo: more } });
  const { choices } = answer.response.body;
  assert.equal(choices.length, 3);
  assert.equal(choices[0].message.content, answer.text);
  assert.ok(choices.every(one => one.logprobs.content.every(token => token.top_logprobs.length === 2)));
});

test('gets what a schema says', async () => {
  const { object } = await generateObject({ ...settings, schema: jsonSchema(schema) });
  assert.equal(typeof object.word, 'string');
  assert.ok(Number.isInteger(object.letters));
});

test('raises its own errors', async () => {
  await assert.rejects(
    generateText({ ...settings, model: provider(url)('none') }),
    error => APICallError.isInstance(error) && error.statusCode === 404 && error.data.error.code === 'model_not_found',
  );
  await assert.rejects(
    generateText({ ...settings, temperature: 9 }),
    error => APICallError.isInstance(error) && error.statusCode === 400 && error.message.includes('temperature'),
  );
});

test('raises an error where a stream breaks off', { skip: !hastyUrl }, async () => {
  const parts = [];
  const result = streamText({
    model: provider(hastyUrl)(model), prompt: question, maxRetries: 0, providerOptions: { pargo: endless }, onError: () => {},
  });
  await assert.rejects(async () => {
    for await (const part of result.fullStream) {
      parts.push(part);
      if (part.type === 'error') {
        throw part.error;
      }
    }
  });
  assert.ok(!parts.some(part => part.type === 'finish'));
});
