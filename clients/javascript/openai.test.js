// OpenAI's own client.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI, { APIConnectionTimeoutError, APIError, BadRequestError, NotFoundError } from 'openai';
import { endless, hastyUrl, model, question, schema, url, very } from './stack.js';

const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 });
const picture = { type: 'image_url', image_url: { url: very } };
const text = { type: 'text', text: question };
const chat = fields => client.chat.completions.create({ model, messages: [{ role: 'user', content: [picture, text] }], ...fields });

test('lists models', async () => {
  assert.deepEqual((await client.models.list()).data.map(one => one.id), [model]);
});

test('asks about a picture', async () => {
  const answer = await chat({});
  assert.equal(answer.choices[0].message.content, 'VERY');
  assert.equal(answer.choices[0].finish_reason, 'stop');
  assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
});

test('asks about several pictures', async () => {
  const one = await chat({});
  const two = await client.chat.completions.create({ model, messages: [{ role: 'user', content: [picture, picture, text] }] });
  assert.equal(two.usage.visual_tokens, 2 * one.usage.visual_tokens);
});

test('goes on with a conversation', async () => {
  const answer = await client.chat.completions.create({
    model,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [picture, text] },
      { role: 'assistant', content: 'VERY' },
      { role: 'user', content: question },
    ],
  });
  assert.ok(answer.choices[0].message.content.length > 0);
});

test('reads a stream with usage', async () => {
  let said = '';
  let usage;
  for await (const chunk of await chat({ stream: true, stream_options: { include_usage: true } })) {
    said += chunk.choices[0]?.delta.content ?? '';
    usage = chunk.usage ?? usage;
  }
  assert.equal(said, 'VERY');
  assert.ok(usage.total_tokens > 0);
});

test('cancels a stream', async () => {
  const stream = await chat({ ...endless, stream: true });
  for await (const chunk of stream) {
    if (chunk.choices[0].delta.content) {
      stream.controller.abort();
    }
  }
});

test('draws several answers by a seed', async () => {
  const words = async () => (await chat({ n: 3, seed: 5, temperature: 1.5, max_tokens: 6 })).choices.map(one => one.message.content);
  const drawn = await words();
  assert.equal(drawn.length, 3);
  assert.deepEqual(await words(), drawn);
});

test('stops before a string', async () => {
  assert.equal((await chat({ stop: ['R'] })).choices[0].message.content, 'VE');
});

test('tells log probabilities', async () => {
  const { content } = (await chat({ logprobs: true, top_logprobs: 2 })).choices[0].logprobs;
  assert.equal(content.map(one => one.token).join('').trim(), 'VERY');
  assert.ok(content.every(one => one.logprob <= 0 && one.top_logprobs.length === 2));
});

test('gets what a schema says', async () => {
  const answer = await chat({ response_format: { type: 'json_schema', json_schema: { name: 'word', schema, strict: true } } });
  const { word, letters } = JSON.parse(answer.choices[0].message.content);
  assert.equal(typeof word, 'string');
  assert.ok(Number.isInteger(letters));
});

test('raises its own errors', async () => {
  await assert.rejects(chat({ temperature: 9 }), error => error instanceof BadRequestError && error.param === 'temperature');
  await assert.rejects(chat({ model: 'none' }), error => error instanceof NotFoundError && error.code === 'model_not_found');
  await assert.rejects(
    client.chat.completions.create({ model, messages: [], ...endless }, { timeout: 1 }),
    error => error instanceof APIConnectionTimeoutError || error instanceof BadRequestError,
  );
});

test('raises an error where a stream breaks off', { skip: !hastyUrl }, async () => {
  const hasty = new OpenAI({ baseURL: `${hastyUrl}/v1`, apiKey: 'none', maxRetries: 0 });
  await assert.rejects(async () => {
    const stream = await hasty.chat.completions.create({
      model, messages: [{ role: 'user', content: question }], stream: true, ...endless,
    });
    for await (const chunk of stream) {
      assert.ok(chunk.choices);
    }
  }, error => error instanceof APIError && error.code === 'deadline_exceeded');
});

test('completes a text', async () => {
  const answer = await client.completions.create({ model, prompt: ['A', 'B'], n: 2, temperature: 1, max_tokens: 3, echo: true });
  assert.deepEqual(answer.choices.map(one => one.text[0]), ['A', 'A', 'B', 'B']);
});

test('asks for a response', async () => {
  const input = [{ role: 'user', content: [{ type: 'input_image', image_url: very, detail: 'auto' }, { type: 'input_text', text: question }] }];
  const answer = await client.responses.create({ model, input });
  assert.equal(answer.output_text, 'VERY');
  assert.equal(answer.status, 'completed');

  const events = [];
  for await (const event of await client.responses.create({ model, input, stream: true })) {
    events.push(event);
  }
  assert.equal(events.filter(one => one.type === 'response.output_text.delta').map(one => one.delta).join(''), 'VERY');
  assert.equal(events.at(-1).type, 'response.completed');

  await assert.rejects(
    client.responses.create({ model, input, previous_response_id: 'resp_1' }),
    error => error instanceof BadRequestError && error.param === 'previous_response_id',
  );
});

test('raises an error where a streamed response breaks off', { skip: !hastyUrl }, async () => {
  const hasty = new OpenAI({ baseURL: `${hastyUrl}/v1`, apiKey: 'none', maxRetries: 0 });
  const seen = [];
  await assert.rejects(async () => {
    const stream = await hasty.responses.create({ model, input: question, stream: true, ignore_eos: true, max_output_tokens: -1 });
    for await (const event of stream) {
      seen.push(event.type);
    }
  });
  assert.ok(!seen.includes('response.completed'));
});
