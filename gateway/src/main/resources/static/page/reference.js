// Shows the OpenAPI document to people.

import { key } from './api.js';

const about = document.getElementById('about');
const routes = document.getElementById('routes');

function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) {
    made.textContent = text;
  }
  made.append(...children);
  return made;
}

/** What a schema accepts, in a few words. */
function accepted(schema) {
  if (schema.anyOf) {
    return schema.anyOf.map(accepted).join(', or ');
  }
  if (schema.enum) {
    return schema.enum.join(', ');
  }
  if (schema.type === 'array') {
    return `list of ${accepted(schema.items)}`;
  }
  const bounds = [
    ['minimum', 'at least'], ['exclusiveMinimum', 'above'], ['maximum', 'at most'],
    ['minLength', 'characters at least'], ['maxLength', 'characters at most'],
  ].filter(([name, value]) => Math.abs(schema[name] ?? Infinity) < 2 ** 31 - 1 && (name !== 'minLength' || schema.minLength > 0))
    .map(([name, words]) => `${words} ${schema[name]}`);
  return [schema.type ?? 'any JSON', ...bounds].join(', ');
}

/** What stands between backquotes is code. */
function words(text) {
  return text.split('`').map((part, index) => index % 2 ? element('code', part) : part);
}

function table(rows) {
  return element('table', '', element('tbody', '', ...rows.map(cells =>
    element('tr', '', ...cells.map((text, column) => element(column === 0 ? 'th' : 'td', '', ...words(text)))))));
}

function route(path, method, operation, responses) {
  const heading = element('summary', '', element('code', `${method.toUpperCase()} ${path}`), ' ', element('span', operation.summary));
  const body = element('div', '');
  body.className = 'body';
  const fields = operation.requestBody?.content['application/json'].schema.properties;
  if (fields) {
    body.append(element('h2', 'Fields'), table(Object.entries(fields)
      .map(([name, schema]) => [name, accepted(schema), schema.description ?? ''])));
  }
  body.append(element('h2', 'Answers'), table(Object.entries(operation.responses)
    .map(([status, answer]) => [status, (answer.$ref ? responses[status] : answer).description, ''])));
  return element('details', '', heading, body);
}

async function show() {
  const stored = key.get();
  const response = await fetch('../openapi.json', { headers: stored ? { authorization: `Bearer ${stored}` } : {} });
  if (!response.ok) {
    about.textContent = response.status === 401
      ? 'This gateway needs an API key. Give it on the start page, under Key.'
      : `The document could not be loaded: ${response.status}.`;
    return;
  }
  const api = await response.json();
  about.textContent = api.info.description;
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      routes.append(route(path, method, operation, api.components.responses));
    }
  }
}

show().catch(() => { about.textContent = 'The gateway does not answer.'; });
