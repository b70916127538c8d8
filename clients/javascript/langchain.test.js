// LangChain's client.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AIMessage, HumanMessage, SystemMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { endless, hastyUrl, model, question, schema, url, very } from './stack.js';

const client = (fields = {}, base = url) => new ChatOpenAI({
  model, apiKey: 'none', maxRetries: 0, configuration: { baseURL: `${base}/v1` }, ...fields,
});
const picture = { type: 'image_url', image_url: { url: very } };
const asked = new HumanMessage({ content: [picture, { type: 'text', text: question }] });

test('asks about a picture', async () => {
  const answer = await client().invoke([asked]);
  assert.equal(answer.content, 'VERY');
  assert.equal(answer.response_metadata.finish_reason, 'stop');
  assert.ok(answer.usage_metadata.total_tokens > 0);
});

test('asks about several pictures', async () => {
  const both = new HumanMessage({ content: [picture, picture, { type: 'text', text: question }] });
  const answer = await client().invoke([both]);
  assert.ok(answer.usage_metadata.input_tokens > (await client().invoke([asked])).usage_metadata.input_tokens);
});

test('goes on with a conversation', async () => {
  const answer = await client().invoke([new SystemMessage('Be brief.'), asked, new AIMessage('VERY'), new HumanMessage(question)]);
  assert.ok(answer.content.length > 0);
});

test('reads a stream with usage', async () => {
  let said = '';
  let usage;
  for await (const chunk of await client({ streamUsage: true }).stream([asked])) {
    said += chunk.content;
    usage = chunk.usage_metadata ?? usage;
  }
  assert.equal(said, 'VERY');
  assert.ok(usage.total_tokens > 0);
});

test('cancels a stream', async () => {
  const abort = new AbortController();
  await assert.rejects(async () => {
    for await (const chunk of await client({ modelKwargs: { ignore_eos: true }, maxTokens: endless.max_tokens }).stream([asked], { signal: abort.signal })) {
      if (chunk.content) {
        abort.abort();
      }
    }
  });
});

test('draws several answers by a seed', async () => {
  const words = async () => (await client({ n: 3, temperature: 1.5, maxTokens: 6 }).generate([[asked]], { seed: 5 }))
    .generations[0].map(one => one.text);
  const drawn = await words();
  assert.equal(drawn.length, 3);
  assert.deepEqual(await words(), drawn);
});

test('stops before a string and tells log probabilities', async () => {
  const answer = await client({ logprobs: true, topLogprobs: 2 }).invoke([asked], { stop: ['R'] });
  assert.equal(answer.content, 'VE');
  assert.ok(answer.response_metadata.logprobs.content.every(one => one.top_logprobs.length === 2));
});

test('gets what a schema says', async () => {
  const answer = await client().withStructuredOutput(schema, { name: 'word', method: 'jsonSchema' }).invoke([asked]);
  assert.equal(typeof answer.word, 'string');
  assert.ok(Number.isInteger(answer.letters));
});

test('asks for a response', async () => {
  const answer = await client({ useResponsesApi: true }).invoke([asked]);
  assert.equal(answer.text, 'VERY');
});

test('raises its own errors', async () => {
  await assert.rejects(client({ model: 'none' }).invoke([asked]), error => error.status === 404 && error.code === 'model_not_found');
  await assert.rejects(client({ temperature: 9 }).invoke([asked]), error => error.status === 400 && error.param === 'temperature');
});

test('raises an error where a stream breaks off', { skip: !hastyUrl }, async () => {
  await assert.rejects(async () => {
    for await (const chunk of await client({ modelKwargs: { ignore_eos: true }, maxTokens: endless.max_tokens }, hastyUrl).stream([new HumanMessage(question)])) {
      assert.ok(chunk);
    }
  });
});
