// The last request in four languages. The picture is read from a file, since its bytes would fill the page.

const WRITERS = { curl, java, python, javascript };

export function snippet(language, { base, model, question, picture, settings, keyed }) {
  const file = picture?.name ?? null;
  const type = picture ? picture.url.slice('data:'.length, picture.url.indexOf(';')) : null;
  return WRITERS[language]({ base, model, question, file, type, settings, keyed });
}

const json = value => JSON.stringify(value);
const shell = value => value.replaceAll("'", "'\\''");
const entries = settings => Object.entries(settings);

function curl({ base, model, question, file, type, settings, keyed }) {
  const auth = keyed ? ' \\\n  -H "Authorization: Bearer $PARGO_API_KEY"' : '';
  const more = entries(settings).map(([name, value]) => `,\n  "${name}": ${json(value)}`).join('');
  const text = json(question);
  if (!file) {
    const body = `{\n  "model": ${json(model)},\n  "messages": [{"role": "user", "content": ${text}}]${more}\n}`;
    return `curl ${base}/chat/completions \\\n  -H 'Content-Type: application/json'${auth} \\\n  -d '${shell(body)}'`;
  }
  // The shell puts the picture in, so the document is not quoted; what it would read in the question is escaped.
  const safe = text.replaceAll('\\', '\\\\').replaceAll('$', '\\$').replaceAll('`', '\\`');
  return `curl ${base}/chat/completions \\
  -H 'Content-Type: application/json'${auth} -d @- <<JSON
{
  "model": ${json(model)},
  "messages": [{"role": "user", "content": [
    {"type": "image_url", "image_url": {"url": "data:${type};base64,$(base64 < '${shell(file)}' | tr -d '\\n')"}},
    {"type": "text", "text": ${safe}}
  ]}]${more}
}
JSON`;
}

function python({ base, model, question, file, type, settings, keyed }) {
  const apiKey = keyed ? 'os.environ["PARGO_API_KEY"]' : '"none"';
  const known = { max_tokens: 'max_tokens', temperature: 'temperature' };
  const more = entries(settings).map(([name, value]) => `    ${known[name]}=${value},\n`).join('');
  const imports = [file && 'import base64', keyed && 'import os'].filter(Boolean).join('\n');
  const read = file
    ? `\nwith open(${json(file)}, "rb") as picture:\n    url = "data:${type};base64," + base64.b64encode(picture.read()).decode()\n`
    : '';
  const content = file
    ? `[\n        {"type": "image_url", "image_url": {"url": url}},\n        {"type": "text", "text": ${json(question)}},\n    ]`
    : json(question);
  return `${imports ? `${imports}\n` : ''}from openai import OpenAI
${read}
client = OpenAI(base_url=${json(base)}, api_key=${apiKey})
stream = client.chat.completions.create(
    model=${json(model)},
    messages=[{"role": "user", "content": ${content}}],
${more}    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)`;
}

function javascript({ base, model, question, file, type, settings, keyed }) {
  const apiKey = keyed ? 'process.env.PARGO_API_KEY' : "'none'";
  const more = entries(settings).map(([name, value]) => `  ${name}: ${value},\n`).join('');
  const read = file
    ? `const picture = await readFile(${json(file)});\nconst url = \`data:${type};base64,\${picture.toString('base64')}\`;\n`
    : '';
  const content = file
    ? `[\n    { type: 'image_url', image_url: { url } },\n    { type: 'text', text: ${json(question)} },\n  ]`
    : json(question);
  return `${file ? "import { readFile } from 'node:fs/promises';\n" : ''}import OpenAI from 'openai';

const client = new OpenAI({ baseURL: ${json(base)}, apiKey: ${apiKey} });
${read}const stream = await client.chat.completions.create({
  model: ${json(model)},
  messages: [{ role: 'user', content: ${content} }],
${more}  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? '');
}`;
}

function java({ base, model, question, file, type, settings, keyed }) {
  const apiKey = keyed ? 'System.getenv("PARGO_API_KEY")' : '"none"';
  const setters = { max_tokens: value => `maxTokens(${value})`, temperature: value => `temperature(${value})` };
  const more = entries(settings).map(([name, value]) => `\n        .${setters[name](value)}`).join('');
  const read = file
    ? `byte[] picture = Files.readAllBytes(Path.of(${json(file)}));
String url = "data:${type};base64," + Base64.getEncoder().encodeToString(picture);
`
    : '';
  const message = file
    ? `addUserMessageOfArrayOfContentParts(List.of(
                ChatCompletionContentPart.ofImageUrl(ChatCompletionContentPartImage.builder()
                        .imageUrl(ChatCompletionContentPartImage.ImageUrl.builder().url(url).build())
                        .build()),
                ChatCompletionContentPart.ofText(
                        ChatCompletionContentPartText.builder().text(${json(question)}).build())))`
    : `addUserMessage(${json(question)})`;
  return `// com.openai:openai-java
OpenAIClient client = OpenAIOkHttpClient.builder()
        .baseUrl(${json(base)})
        .apiKey(${apiKey})
        .build();
${read}ChatCompletionCreateParams question = ChatCompletionCreateParams.builder()
        .model(${json(model)})
        .${message}${more}
        .build();
try (StreamResponse<ChatCompletionChunk> stream = client.chat().completions().createStreaming(question)) {
    stream.stream()
            .flatMap(chunk -> chunk.choices().stream())
            .flatMap(choice -> choice.delta().content().stream())
            .forEach(System.out::print);
}`;
}
