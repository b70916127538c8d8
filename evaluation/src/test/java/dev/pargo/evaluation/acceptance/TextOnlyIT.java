package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.stack.Bundles;
import dev.pargo.evaluation.stack.Launcher;
import dev.pargo.evaluation.stack.Launcher.Outcome;
import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.evaluation.stack.StackPorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A decoder's directory is served without encoder and projector, with LoRA adapters that requests choose by name. */
class TextOnlyIT {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Path DECODER = Bundles.PARGO_MINI.resolve("llm");
    private static final int RANK = 4;
    private static final List<String> MODELS = List.of("llm", "red", "blue");
    private static final String PICTURE =
            "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private Launcher launcher;
    private String url;

    @BeforeEach
    void start() throws Exception {
        StackPorts ports = StackPorts.free();
        Map<String, String> environment = new TreeMap<>(ports.environment());
        environment.put("PARGO_MODEL", DECODER.toString());
        environment.put("PARGO_LLM_ADAPTERS", "red=%s,blue=%s".formatted(adapter("red"), adapter("blue")));
        launcher = new Launcher(environment, directory);
        Outcome up = launcher.run("up");
        assertThat(up.status()).as(up.err()).isZero();
        assertThat(up.err()).contains("starting llm gateway ...");
        url = "http://127.0.0.1:" + ports.work(ServiceKind.GATEWAY);
    }

    @AfterEach
    void stop() throws Exception {
        launcher.run("down");
    }

    /** Random updates of queries, keys and values, large enough to change answers. */
    private Path adapter(String name) throws IOException {
        Path adapter = Files.createDirectories(directory.resolve(name));
        Files.writeString(
                adapter.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": %d, \"lora_alpha\": 16}".formatted(RANK));
        JsonNode config = JSON.readTree(Files.readString(DECODER.resolve("config.json")));
        int width = config.get("hidden_size").asInt();
        int heads = config.get("num_attention_heads").asInt();
        int outputs =
                width / heads * (heads + 2 * config.get("num_key_value_heads").asInt());
        ObjectNode header = JSON.createObjectNode();
        int elements = 0;
        for (int layer = 0; layer < config.get("num_hidden_layers").asInt(); layer++) {
            String module = "base_model.model.model.layers.%d.attention.wqkv.lora_".formatted(layer);
            elements = describe(header.putObject(module + "A.weight"), RANK, width, elements);
            elements = describe(header.putObject(module + "B.weight"), outputs, RANK, elements);
        }
        byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(Long.BYTES + text.length + elements * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text);
        Random random = new Random(name.hashCode());
        while (file.hasRemaining()) {
            file.putFloat((float) (0.2 * random.nextGaussian()));
        }
        Files.write(adapter.resolve("adapter_model.safetensors"), file.array());
        return adapter;
    }

    /** @return index of the element after the tensor's last */
    private static int describe(ObjectNode entry, int rows, int columns, int begin) {
        int end = begin + rows * columns;
        entry.put("dtype", "F32");
        entry.putArray("shape").add(rows).add(columns);
        entry.putArray("data_offsets").add(begin * Float.BYTES).add(end * Float.BYTES);
        return end;
    }

    @Test
    void answersTextAndRefusesPictures() throws Exception {
        JsonNode models = JSON.readTree(get("/v1/models")).get("data");
        assertThat(models.findValuesAsString("id")).containsExactlyElementsOf(MODELS);
        assertThat(models.get(0).get("ready").asBoolean()).isTrue();
        assertThat(models.get(0).get("pargo").has("encoder")).isFalse();
        assertThat(models.get(1).at("/pargo/adapter").asString()).isEqualTo("red");

        List<String> alone = new ArrayList<>();
        for (String model : MODELS) {
            alone.add(answer(model).get());
        }
        assertThat(alone).doesNotHaveDuplicates();
        List<CompletableFuture<String>> together = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            together.add(answer(MODELS.get(i % MODELS.size())));
        }
        for (int i = 0; i < together.size(); i++) {
            assertThat(together.get(i).get()).isEqualTo(alone.get(i % MODELS.size()));
        }

        HttpResponse<String> refused = chat("llm", """
                [{"type": "text", "text": "What is this?"},
                 {"type": "image_url", "image_url": {"url": "%s"}}]""".formatted(PICTURE)).get();
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("messages has a picture, but the model 'llm' answers text only");
    }

    private CompletableFuture<String> answer(String model) {
        return chat(model, "\"What colour is the sky?\"").thenApply(response -> {
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            return JSON.readTree(response.body())
                    .at("/choices/0/message/content")
                    .asString();
        });
    }

    private CompletableFuture<HttpResponse<String>> chat(String model, String content) {
        String body = """
                {"model": "%s", "temperature": 0, "max_tokens": 24, "ignore_eos": true,
                 "messages": [{"role": "user", "content": %s}]}""".formatted(model, content);
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v1/chat/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.sendAsync(request, BodyHandlers.ofString());
    }

    private String get(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url + path)).build(), BodyHandlers.ofString())
                .body();
    }
}
