// The gateway's REST API, as any client would use it.

const KEY = 'pargo.key';

/** An answer of the gateway that is not the one that was asked for. */
export class ApiError extends Error {
  constructor({ message, code = null, param = null }, status, retryAfter = null) {
    super(message);
    Object.assign(this, { status, code, param, retryAfter });
  }
}

export const key = {
  get: () => localStorage.getItem(KEY) ?? '',
  keep: value => localStorage.setItem(KEY, value),
  forget: () => localStorage.removeItem(KEY),
};

/** The models on offer. */
export async function models() {
  return (await (await call('v1/models')).json()).data;
}

/** What the visual tokens of a picture, a data URL, attend to. */
export async function attention(model, picture) {
  return (await call('v1/attention', { model, image: picture })).json();
}

/**
 * Streams a chat completion: yields the chunks in OpenAI's format.
 * A stream that ends without its closing event throws.
 */
export async function* chat(request, signal) {
  const body = { ...request, stream: true, stream_options: { include_usage: true } };
  const response = await call('v1/chat/completions', body, signal);
  for await (const data of events(response.body)) {
    if (data === '[DONE]') {
      return;
    }
    const chunk = JSON.parse(data);
    if (chunk.error) {
      throw new ApiError(chunk.error, 500);
    }
    yield chunk;
  }
  throw new ApiError({ message: 'The connection ended before the answer was complete.' }, 0);
}

async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) {
        return;
      }
      rest += value;
      const lines = rest.split('\n');
      rest = lines.pop();
      for (const line of lines) {
        if (line.startsWith('data: ')) {
          yield line.slice('data: '.length).trimEnd();
        }
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

async function call(path, body, signal) {
  const headers = {};
  if (body) {
    headers['Content-Type'] = 'application/json';
  }
  if (key.get()) {
    headers.Authorization = `Bearer ${key.get()}`;
  }
  let response;
  try {
    response = await fetch(path, { method: body ? 'POST' : 'GET', headers, body: body && JSON.stringify(body), signal });
  } catch (error) {
    throw error.name === 'AbortError' ? error : new ApiError({ message: 'The gateway does not answer.' }, 0);
  }
  if (!response.ok) {
    throw new ApiError(await problem(response), response.status, Number(response.headers.get('Retry-After')) || null);
  }
  return response;
}

async function problem(response) {
  try {
    return (await response.json()).error;
  } catch {
    return { message: `The gateway answered ${response.status}.` };
  }
}
