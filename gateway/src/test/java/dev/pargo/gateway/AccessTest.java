package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.errors.UnauthorizedException;
import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.proto.v1.GenerateStart;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** API keys: which requests are allowed, for which models, and how often. */
class AccessTest {

    private static LoopbackStages stages;
    private static RunningGateway gateway;
    private static Path file;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        file = folder.resolve("keys");
        Files.writeString(file, "# Of the test\n" + entry("filed", "of-the-file"));
        stages = new LoopbackStages();
        gateway = RunningGateway.start(
                stages,
                "--PARGO_API_KEYS="
                        + String.join(
                                ";",
                                entry("alice", "of-alice"),
                                entry("rated", "of-rated") + " requests-per-minute=2",
                                entry("narrow", "of-narrow") + " concurrency=1",
                                entry("scoped", "of-scoped") + " models=another,third",
                                entry("single", "of-single") + " models=loopback"),
                "--PARGO_API_KEYS_FILE=" + file);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        stages.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/models",
                "/v1/models/loopback",
                "/version",
                "/openapi.json",
                "/v1/nothing",
                "/page/../version"
            })
    void everyOtherRouteNeedsAKey(String path) throws Exception {
        HttpResponse<String> refused = gateway.get(path);

        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("www-authenticate")).hasValue("Bearer");
        assertThat(refused.headers().firstValue("x-request-id")).isPresent();
        assertThat(error(refused).path("code").asString()).isEqualTo("invalid_api_key");
        assertThat(error(refused).path("type").asString()).isEqualTo("invalid_request_error");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health", "/", "/index.html", "/page/api.js", "/favicon.svg", "/examples/very.png"})
    void healthAndThePageAreOpen(String path) throws Exception {
        assertThat(gateway.get(path).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer of-nobody", "Bearer", "Bearer ", "Basic of-alice", "of-alice", "Bearer of-alice2"})
    void otherKeysAreRefused(String authorization) throws Exception {
        HttpRequest request = gateway.chatRequest(Bodies.text("Hm?"))
                .header("authorization", authorization)
                .build();

        HttpResponse<String> refused = gateway.send(request);

        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).doesNotContain("of-");
    }

    @Test
    void aKeyIsLetIn() throws Exception {
        assertThat(chat("of-alice").statusCode()).isEqualTo(200);
        assertThat(get("/v1/models", "of-alice").body()).contains("loopback");
        assertThat(chat("of-filed", "bearer of-the-file").statusCode()).isEqualTo(200);
    }

    @Test
    void openAisClientIsToldThatItsKeyIsWrong() {
        OpenAIClient client = gateway.openAi();
        try {
            assertThatThrownBy(() -> client.models().list()).isInstanceOf(UnauthorizedException.class);
        } finally {
            client.close();
        }
    }

    @Test
    void aBodyIsNotReadForAStranger() throws Exception {
        try (RawHttp connection = new RawHttp(gateway.port)) {
            connection.send(
                    "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000000\r\n\r\n");
            assertThat(connection.answer()).contains("401");
        }
    }

    @Test
    void theFileIsReadAgainWhenItChanges() throws Exception {
        Files.writeString(file, entry("filed", "of-the-file") + "\n" + entry("fresh", "of-fresh"));
        await().atMost(Duration.ofSeconds(10))
                .until(() -> get("/v1/models", "of-fresh").statusCode() == 200);

        // An invalid file does not change the keys.
        Files.writeString(file, "nonsense");
        await().during(Duration.ofMillis(1500))
                .atMost(Duration.ofSeconds(10))
                .until(() -> get("/v1/models", "of-fresh").statusCode() == 200);

        Files.writeString(file, entry("filed", "of-the-file"));
        await().atMost(Duration.ofSeconds(10))
                .until(() -> get("/v1/models", "of-fresh").statusCode() == 401);
        assertThat(get("/v1/models", "of-the-file").statusCode()).isEqualTo(200);
    }

    @Test
    void modelsOutsideAKeysScopeAreUnknownToIt() throws Exception {
        HttpResponse<String> refused = chat("of-scoped");
        assertThat(refused.statusCode()).isEqualTo(404);
        assertThat(error(refused).path("code").asString()).isEqualTo("model_not_found");

        HttpResponse<String> unnamed = gateway.send(gateway.chatRequest("""
                                {"messages": [{"role": "user", "content": "Hm?"}]}""")
                .header("authorization", "Bearer of-scoped")
                .build());
        assertThat(unnamed.statusCode()).isEqualTo(400);
        assertThat(unnamed.body()).doesNotContain("loopback");
        HttpResponse<String> attention = gateway.send(HttpRequest.newBuilder(gateway.uri("/v1/attention"))
                .POST(HttpRequest.BodyPublishers.ofString("""
                                {"model": "loopback", "image": "%s"}""".formatted(Bodies.dataUrl(1, 100))))
                .header("authorization", "Bearer of-scoped")
                .build());
        assertThat(attention.statusCode()).isEqualTo(404);
        assertThat(error(attention).path("code").asString()).isEqualTo("model_not_found");
        assertThat(get("/v1/models/loopback", "of-scoped").statusCode()).isEqualTo(404);
        assertThat(get("/v1/models", "of-scoped").body()).doesNotContain("loopback");

        assertThat(chat("of-single").statusCode()).isEqualTo(200);
        assertThat(get("/v1/models", "of-single").body()).contains("loopback");
    }

    @ParameterizedTest
    @ValueSource(strings = {"another", "unheard-of"})
    void anUnknownModelNamesNoModelOutsideTheKeysScope(String model) throws Exception {
        for (String path : new String[] {"/v1/chat/completions", "/v1/completions", "/v1/responses", "/tokenize"}) {
            HttpResponse<String> refused = gateway.send(gateway.request(
                            path, """
                            {"model":"%s","messages":[{"role":"user","content":"Hm?"}],"input":"Hm?"%s}""".formatted(model, path.equals("/v1/completions") ? ",\"prompt\":\"Hm?\"" : ""))
                    .header("authorization", "Bearer of-scoped")
                    .build());

            assertThat(refused.statusCode()).as(path).isEqualTo(404);
            assertThat(refused.body()).doesNotContain("loopback");
        }
    }

    @Test
    void whatOneKeyHasSentIsNotCachedForAnother() throws Exception {
        stages.reset();
        String picture = Bodies.image(9, "Hm?");

        assertThat(cachedImages("of-alice", picture)).isZero();
        assertThat(cachedImages("of-the-file", picture)).as("of another key").isZero();
        assertThat(cachedImages("of-alice", picture)).as("of the same key").isEqualTo(1);
        assertThat(stages.encoder.behaviour.calls).as("nor is it faster").hasValue(2);
        assertThat(stages.llm.starts)
                .extracting(GenerateStart::getCacheSalt)
                .containsExactly("alice", "filed", "alice");
    }

    @Test
    void aRequestMayHaveASaltOfItsOwn() throws Exception {
        stages.reset();
        String picture = Bodies.image(9, "Hm?");

        assertThat(cachedImages("of-alice", picture)).isZero();
        assertThat(cachedImages("of-alice", picture.replaceFirst("\\{", "{\"cache_salt\":\"x\",")))
                .isZero();
        assertThat(stages.llm.starts).extracting(GenerateStart::getCacheSalt).containsExactly("alice", "alice/x");
    }

    @Test
    void requestsOfAMinuteAreLimitedByKey() throws Exception {
        HttpResponse<String> first = chat("of-rated");
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.headers().firstValue("x-ratelimit-limit-requests")).hasValue("2");
        assertThat(first.headers().firstValue("x-ratelimit-remaining-requests")).hasValue("1");
        assertThat(first.headers().firstValue("x-ratelimit-reset-requests")).isPresent();
        assertThat(chat("of-rated").statusCode()).isEqualTo(200);

        HttpResponse<String> refused = chat("of-rated");

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(error(refused).path("code").asString()).isEqualTo("rate_limit_exceeded");
        assertThat(refused.headers().firstValueAsLong("retry-after").orElseThrow())
                .isBetween(1L, 30L);
        assertThat(refused.headers().firstValue("x-ratelimit-remaining-requests"))
                .hasValue("0");
        assertThat(chat("of-alice").statusCode()).isEqualTo(200);
    }

    @Test
    void requestsAtOnceAreLimitedByKey() throws Exception {
        try (RawHttp unfinished = new RawHttp(gateway.port)) {
            unfinished.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
                    + "Authorization: Bearer of-narrow\r\nContent-Length: 100\r\n\r\n{");
            await().atMost(Duration.ofSeconds(10)).until(() -> chat("of-narrow").statusCode() == 429);
            assertThat(chat("of-narrow").headers().firstValue("retry-after")).hasValue("1");
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> chat("of-narrow").statusCode() == 200);
    }

    @Test
    void usageIsCountedByNameAndNeverShowsAKey() throws Exception {
        assertThat(chat("of-alice").statusCode()).isEqualTo(200);

        String metrics = gateway.actuator("prometheus").body();

        assertThat(metrics)
                .contains("pargo_gateway_key_requests_total{key=\"alice\",outcome=\"admitted\"}")
                .contains("pargo_gateway_key_tokens_total{direction=\"in\",key=\"alice\"}")
                .contains("pargo_gateway_key_tokens_total{direction=\"out\",key=\"alice\"}")
                .doesNotContain("of-alice")
                .doesNotContain(KeyHash.of("of-alice"));
    }

    private static int cachedImages(String key, String body) throws Exception {
        HttpResponse<String> response = gateway.send(gateway.chatRequest(body)
                .header("authorization", "Bearer " + key)
                .build());
        return JsonMapper.shared()
                .readTree(response.body())
                .at("/usage/prompt_tokens_details/cached_images")
                .asInt(-1);
    }

    private static HttpResponse<String> chat(String key) throws Exception {
        return chat(key, "Bearer " + key);
    }

    private static HttpResponse<String> chat(String name, String authorization) throws Exception {
        return gateway.send(gateway.chatRequest(Bodies.text("Hm?"))
                .header("authorization", authorization)
                .build());
    }

    private static HttpResponse<String> get(String path, String key) throws Exception {
        return gateway.send(HttpRequest.newBuilder(gateway.uri(path))
                .header("authorization", "Bearer " + key)
                .build());
    }

    private static JsonNode error(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body()).path("error");
    }

    private static String entry(String name, String key) {
        return name + " " + KeyHash.of(key);
    }
}
