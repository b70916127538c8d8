package dev.pargo.evaluation.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.stack.Repository;
import dev.pargo.evaluation.stack.RunningStack;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Directories as they are published, served without a manifest: every answer equals that of transformers. */
class PublishedModelsIT {

    private static final JsonMapper JSON = new JsonMapper();

    static Path root() {
        String named = System.getProperty("pargo.families");
        return named == null ? Repository.file("models/src/test/families") : Path.of(named);
    }

    @TestFactory
    Stream<DynamicTest> answersEqualTransformers() throws IOException {
        try (Stream<Path> folders = Files.list(root())) {
            return folders
                    .filter(folder -> Files.exists(folder.resolve("model/config.json")))
                    .sorted()
                    .toList()
                    .stream()
                    .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder)));
        }
    }

    /** Asks all conversations twice. The second time pictures and prefixes are cached. */
    private static void check(Path folder) throws IOException {
        check(folder, Map.of("PARGO_PRECISION", "float32"), List.of("first", "second"));
    }

    /** Asks all conversations of a folder of a stack with other settings. */
    static void checkOnce(Path folder, Map<String, String> settings) throws IOException {
        check(folder, settings, List.of("first"));
    }

    /** Asks all conversations at once, with pictures at their places in the messages. */
    private static void check(Path folder, Map<String, String> settings, List<String> times) throws IOException {
        List<JsonNode> cases = cases(folder);
        try (RunningStack stack = RunningStack.start(folder.resolve("model"), settings)) {
            GatewayClient client = new GatewayClient(stack.url());
            for (String time : times) {
                List<CompletableFuture<Reply>> replies = new ArrayList<>();
                for (JsonNode each : cases) {
                    replies.add(client.completeLater(request(folder, each)));
                }
                for (int i = 0; i < cases.size(); i++) {
                    JsonNode each = cases.get(i);
                    Reply reply = replies.get(i).join();
                    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
                    assertThat(reply.json().at("/usage/prompt_tokens").asInt())
                            .as("prompt tokens of %s, %s time", each.get("name"), time)
                            .isEqualTo(each.get("input_ids").size());
                    assertKnown(reply, each, time.equals("second"));
                    if (isCertain(each)) {
                        assertThat(reply.answer())
                                .as("%s, %s time", each.get("name"), time)
                                .isEqualTo(text(folder, each));
                    }
                }
            }
        }
    }

    private static List<JsonNode> cases(Path folder) throws IOException {
        List<JsonNode> cases = new ArrayList<>();
        JSON.readTree(Files.readAllBytes(folder.resolve("case.json")))
                .get("cases")
                .forEach(cases::add);
        return cases;
    }

    private static void assertKnown(Reply reply, JsonNode each, boolean again) {
        JsonNode details = reply.json().at("/usage/prompt_tokens_details");
        if (again) {
            assertThat(details.get("cached_images").asInt())
                    .as("cached images of %s", each.get("name"))
                    .isEqualTo(each.path("images").size());
            assertThat(details.get("cached_tokens").asInt())
                    .as("cached tokens of %s", each.get("name"))
                    .isPositive();
        }
    }

    /** Whether each of the answer's tokens was chosen by a clear margin. */
    private static boolean isCertain(JsonNode each) {
        int written = each.get("generated_ids").size();
        return each.path("exact_tokens").asInt(written) == written;
    }

    /**
     * The answer's text. If a tokenizer has tokens for single bytes, the bytes are decoded together, as for other
     * tokenizers. transformers instead writes U+FFFD for each byte of a run that contains an invalid character.
     */
    private static String text(Path folder, JsonNode each) throws IOException {
        JsonNode tokenizer = JSON.readTree(Files.readAllBytes(folder.resolve("model/tokenizer.json")));
        if (!tokenizer.get("decoder").toString().contains("ByteFallback")) {
            return each.get("text").asString();
        }
        Map<Integer, String> tokens = new HashMap<>();
        tokenizer
                .at("/model/vocab")
                .properties()
                .forEach(token -> tokens.put(token.getValue().asInt(), token.getKey()));
        tokenizer
                .get("added_tokens")
                .forEach(token -> tokens.remove(token.get("id").asInt()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (JsonNode id : each.get("generated_ids")) {
            String token = tokens.getOrDefault(id.asInt(), "");
            if (token.matches("<0x..>")) {
                bytes.write(Integer.parseInt(token.substring(3, 5), 16));
            } else {
                String word = token.replace('\u2581', ' ');
                bytes.writeBytes((bytes.size() == 0 ? word.replaceFirst("^ ", "") : word).getBytes(UTF_8));
            }
        }
        return bytes.toString(UTF_8);
    }

    private static ObjectNode request(Path folder, JsonNode each) throws IOException {
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("model", "model")
                .put("temperature", 0)
                .put("max_tokens", each.get("generated_ids").size());
        int picture = 0;
        ArrayNode messages = body.putArray("messages");
        for (JsonNode message : each.get("messages")) {
            ArrayNode content = messages.addObject()
                    .put("role", message.get("role").asString())
                    .putArray("content");
            for (JsonNode part : message.get("content")) {
                if (part.get("type").asString().equals("image")) {
                    String name = each.get("images").get(picture++).asString() + ".png";
                    String data = Base64.getEncoder()
                            .encodeToString(
                                    Files.readAllBytes(folder.resolve("images").resolve(name)));
                    content.addObject()
                            .put("type", "image_url")
                            .putObject("image_url")
                            .put("url", "data:image/png;base64," + data);
                } else {
                    content.addObject()
                            .put("type", "text")
                            .put("text", part.get("text").asString());
                }
            }
        }
        return body;
    }
}
