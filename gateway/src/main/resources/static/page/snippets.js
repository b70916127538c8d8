// A request in four languages, each ready to run. Pictures are read from files, since their bytes would fill the page.

const WRITERS = { curl, java, python, javascript };

/** `request` is { base, model, messages, settings, keyed, names }; `names` gives the file name of each picture by its URL. */
export function snippet(language, request) {
  return WRITERS[language]({ ...request, turns: request.messages.map(message => turn(message, request.names)) });
}

/** { role, text, picture }, a picture being { file, type } or null. */
function turn({ role, content }, names) {
  if (typeof content === 'string') {
    return { role, text: content, picture: null };
  }
  const [{ image_url: { url } }, { text }] = content;
  return { role, text, picture: { file: names.get(url), type: url.slice('data:'.length, url.indexOf(';')) } };
}

const json = value => JSON.stringify(value);
const shell = value => value.replaceAll("'", "'\\''");
const entries = settings => Object.entries(settings);
const hasPicture = turns => turns.some(({ picture }) => picture);

function curl({ base, model, turns, settings, keyed }) {
  const auth = keyed ? ' \\\n  -H "Authorization: Bearer $PARGO_API_KEY"' : '';
  const more = entries(settings).map(([name, value]) => `,\n  "${name}": ${json(value)}`).join('');
  // The shell puts pictures in, so the document is not quoted; what it would read in the texts is escaped.
  const escaped = hasPicture(turns) ? text => text.replaceAll('\\', '\\\\').replaceAll('$', '\\$').replaceAll('`', '\\`') : text => text;
  const messages = turns.map(({ role, text, picture }) => {
    const said = escaped(json(text));
    return picture
      ? `    {"role": "${role}", "content": [
      {"type": "image_url", "image_url": {"url": "data:${picture.type};base64,$(base64 < '${shell(picture.file)}' | tr -d '\\n')"}},
      {"type": "text", "text": ${said}}
    ]}`
      : `    {"role": "${role}", "content": ${said}}`;
  });
  const body = `{\n  "model": ${escaped(json(model))},\n  "messages": [\n${messages.join(',\n')}\n  ]${more}\n}`;
  const head = `curl ${base}/chat/completions \\\n  -H 'Content-Type: application/json'${auth}`;
  return hasPicture(turns) ? `${head} -d @- <<JSON\n${body}\nJSON` : `${head} \\\n  -d '${shell(body)}'`;
}

function python({ base, model, turns, settings, keyed }) {
  const read = hasPicture(turns)
    ? `def picture(file, media_type):
    with open(file, "rb") as opened:
        return f"data:{media_type};base64,{base64.b64encode(opened.read()).decode()}"\n\n\n`
    : '';
  const messages = turns.map(({ role, text, picture }) => picture
    ? `        {"role": "${role}", "content": [
            {"type": "image_url", "image_url": {"url": picture(${json(picture.file)}, "${picture.type}")}},
            {"type": "text", "text": ${json(text)}},
        ]},\n`
    : `        {"role": "${role}", "content": ${json(text)}},\n`);
  const more = entries(settings).map(([name, value]) => `    ${name}=${value},\n`).join('');
  return `# pip install openai
${[read && 'import base64\n', keyed && 'import os\n'].filter(Boolean).join('')}${read || keyed ? '\n' : ''}from openai import OpenAI\n${read ? '\n\n' : '\n'}${read}client = OpenAI(base_url=${json(base)}, api_key=${keyed ? 'os.environ["PARGO_API_KEY"]' : '"none"'})
stream = client.chat.completions.create(
    model=${json(model)},
    messages=[
${messages.join('')}    ],
${more}    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)`;
}

function javascript({ base, model, turns, settings, keyed }) {
  const read = hasPicture(turns)
    ? "const picture = async (file, type) => `data:${type};base64,${(await readFile(file)).toString('base64')}`;\n\n"
    : '';
  const messages = turns.map(({ role, text, picture }) => picture
    ? `    { role: '${role}', content: [
      { type: 'image_url', image_url: { url: await picture(${json(picture.file)}, '${picture.type}') } },
      { type: 'text', text: ${json(text)} },
    ] },\n`
    : `    { role: '${role}', content: ${json(text)} },\n`);
  const more = entries(settings).map(([name, value]) => `  ${name}: ${value},\n`).join('');
  return `// npm install openai; a module: name the file ask.mjs
${read ? "import { readFile } from 'node:fs/promises';\n" : ''}import OpenAI from 'openai';

${read}const client = new OpenAI({ baseURL: ${json(base)}, apiKey: ${keyed ? 'process.env.PARGO_API_KEY' : "'none'"} });
const stream = await client.chat.completions.create({
  model: ${json(model)},
  messages: [
${messages.join('')}  ],
${more}  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? '');
}`;
}

function java({ base, model, turns, settings, keyed }) {
  const setters = { max_tokens: value => `maxCompletionTokens(${value})`, temperature: value => `temperature(${value})` };
  const more = entries(settings).map(([name, value]) => `\n                .${setters[name](value)}`).join('');
  const messages = turns.map(({ role, text, picture }) => picture
    ? `.addUserMessageOfArrayOfContentParts(List.of(
                        picture(${json(picture.file)}, "${picture.type}"),
                        ChatCompletionContentPart.ofText(ChatCompletionContentPartText.builder()
                                .text(${json(text)})
                                .build())))`
    : `.add${role === 'user' ? 'User' : 'Assistant'}Message(${json(text)})`);
  const imports = hasPicture(turns)
    ? { models: ['ChatCompletionContentPart', 'ChatCompletionContentPartImage', 'ChatCompletionContentPartText'],
        jdk: ['io.IOException', 'nio.file.Files', 'nio.file.Path', 'util.Base64', 'util.List'] }
    : { models: [], jdk: [] };
  const models = ['ChatCompletionChunk', ...imports.models, 'ChatCompletionCreateParams'];
  const read = hasPicture(turns)
    ? `

    static ChatCompletionContentPart picture(String file, String type) throws IOException {
        String base64 = Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of(file)));
        return ChatCompletionContentPart.ofImageUrl(ChatCompletionContentPartImage.builder()
                .imageUrl(ChatCompletionContentPartImage.ImageUrl.builder()
                        .url("data:" + type + ";base64," + base64)
                        .build())
                .build());
    }`
    : '';
  return `// With com.openai:openai-java on the class path: java -cp ... Ask.java
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
${models.map(name => `import com.openai.models.chat.completions.${name};\n`).join('')}${imports.jdk.map(name => `import java.${name};\n`).join('')}
public class Ask {

    public static void main(String[] arguments)${hasPicture(turns) ? ' throws IOException' : ''} {
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(${json(base)})
                .apiKey(${keyed ? 'System.getenv("PARGO_API_KEY")' : '"none"'})
                .build();
        ChatCompletionCreateParams question = ChatCompletionCreateParams.builder()
                .model(${json(model)})
                ${messages.join('\n                ')}${more}
                .build();
        try (StreamResponse<ChatCompletionChunk> stream = client.chat().completions().createStreaming(question)) {
            stream.stream()
                    .flatMap(chunk -> chunk.choices().stream())
                    .flatMap(choice -> choice.delta().content().stream())
                    .forEach(System.out::print);
        }
        client.close();
    }${read}
}`;
}
