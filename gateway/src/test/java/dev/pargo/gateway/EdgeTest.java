package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The common behaviour of all routes: content types, compression, trailing slashes, pages of other origins. */
class EdgeTest {

    private static final String ORIGIN = "https://example.org";

    @RegisterExtension
    static final GatewayExtension running = GatewayExtension.start("--pargo.gateway.cors-origins=" + ORIGIN);

    private static final RunningGateway gateway = running.gateway;

    @ParameterizedTest
    @ValueSource(
            strings = {"application/json", "application/json; charset=utf-8", "text/plain", "text/plain;charset=UTF-8"})
    void jsonMayBeCalledText(String type) throws Exception {
        assertThat(gateway.send(gateway.chatRequest(Bodies.text("Hm?"))
                                .setHeader("content-type", type)
                                .build())
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/xml", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "?"})
    void otherTypesAreRefused(String type) throws Exception {
        assertThat(gateway.send(gateway.chatRequest(Bodies.text("Hm?"))
                                .setHeader("content-type", type)
                                .build())
                        .statusCode())
                .isEqualTo(415);
    }

    @Test
    void aPathMayEndWithASlash() throws Exception {
        assertThat(gateway.send(HttpRequest.newBuilder(gateway.uri("/v1/chat/completions/"))
                                .POST(HttpRequest.BodyPublishers.ofString(Bodies.text("Hm?")))
                                .build())
                        .statusCode())
                .isEqualTo(200);
        assertThat(get("/v1/models/").statusCode()).isEqualTo(200);
    }

    @Test
    void answersAreCompressedForThoseWhoAsk() throws Exception {
        String question = "x".repeat(10_000);
        HttpResponse<byte[]> compressed = HttpClient.newHttpClient()
                .send(
                        gateway.chatRequest(Bodies.text(question))
                                .header("accept-encoding", "gzip")
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());

        assertThat(compressed.headers().firstValue("content-encoding")).contains("gzip");
        assertThat(compressed.body().length).isLessThan(5_000);
        assertThat(new String(new GZIPInputStream(new ByteArrayInputStream(compressed.body())).readAllBytes()))
                .contains(question);
        assertThat(gateway.chat(Bodies.text(question)).headers().firstValue("content-encoding"))
                .isEmpty();
    }

    @Test
    void pagesOfTheConfiguredOriginsMayAsk() throws Exception {
        HttpResponse<String> preflight = gateway.send(HttpRequest.newBuilder(gateway.uri("/v1/chat/completions"))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("origin", ORIGIN)
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "authorization,content-type")
                .build());

        assertThat(preflight.statusCode()).isEqualTo(200);
        assertThat(preflight.headers().firstValue("access-control-allow-origin"))
                .contains(ORIGIN);
        for (String body : new String[] {Bodies.text("Hm?"), Bodies.textStream("Hm?"), "{}"}) {
            HttpResponse<String> answer = gateway.send(
                    gateway.chatRequest(body).header("origin", ORIGIN).build());
            assertThat(answer.headers().firstValue("access-control-allow-origin"))
                    .as(body)
                    .contains(ORIGIN);
        }
    }

    /** Written by the server itself, before any route. */
    @Test
    void pagesOfTheConfiguredOriginsMayReadTheServersOwnErrors() throws Exception {
        for (String request : new String[] {
            "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nOrigin: %s\r\nX: %s\r\n\r\n"
                    .formatted(ORIGIN, "x".repeat(40_000)),
            "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX: %s\r\nOrigin: %s\r\n\r\n"
                    .formatted("x".repeat(40_000), ORIGIN),
            "GET /v1/%%zz HTTP/1.1\r\nHost: localhost\r\nOrigin: %s\r\n\r\n".formatted(ORIGIN),
            "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nOrigin: %s\r\nContent-Length: 900000000\r\n\r\n"
                    .formatted(ORIGIN)
        }) {
            try (RawHttp connection = new RawHttp(gateway.port)) {
                connection.send(request);
                assertThat(connection.answer().toLowerCase(Locale.ROOT))
                        .as(request.substring(0, 60))
                        .contains("access-control-allow-origin: " + ORIGIN);
            }
        }
    }

    @Test
    void pagesOfOtherOriginsMayNot() throws Exception {
        assertThat(gateway.send(gateway.chatRequest(Bodies.text("Hm?"))
                                .header("origin", "https://example.com")
                                .build())
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void tellsThatItIsThere() throws Exception {
        assertThat(get("/health").body()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(get("/version").body()).contains("\"version\":\"");
    }

    @Test
    void describesItselfInOpenApi() throws Exception {
        JsonNode document = JsonMapper.shared().readTree(get("/openapi.json").body());

        JsonNode chat = document.at("/paths/~1v1~1chat~1completions/post/requestBody/content/application~1json/schema");
        assertThat(document.get("openapi").asString()).isEqualTo("3.1.0");
        assertThat(document.get("paths").propertyNames())
                .containsExactly(
                        "/v1/chat/completions",
                        "/v1/completions",
                        "/v1/responses",
                        "/v1/attention",
                        "/tokenize",
                        "/detokenize",
                        "/v1/models",
                        "/v1/models/{model}",
                        "/health",
                        "/version",
                        "/openapi.json");
        assertThat(document.at("/paths/~1v1~1responses/post/responses").propertyNames())
                .contains("200", "400", "401", "403", "404", "405", "408", "413", "415", "429", "500", "503", "504");
        assertThat(document.at("/components/responses/429/headers").propertyNames())
                .containsExactly("Retry-After");
        assertThat(chat.at("/properties/n/description").asString()).contains("Otherwise: 1");
        assertThat(chat.at("/properties/temperature/maximum").asInt()).isEqualTo(2);
        assertThat(chat.at("/properties/messages/items/properties/role/type").asString())
                .isEqualTo("string");
    }

    /** Its routes are those that Spring knows. */
    @Test
    void everyRouteIsDescribed() throws Exception {
        JsonNode paths =
                JsonMapper.shared().readTree(get("/openapi.json").body()).get("paths");

        assertThat(gateway.routes())
                .isNotEmpty()
                .allSatisfy(route -> assertThat(paths.propertyNames()).contains(route.replace("{*path}", "{model}")));
    }

    @Test
    void theDocumentHasAPageForPeople() throws Exception {
        HttpResponse<String> page = get("/page/reference.html");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
                .contains("default-src 'none'");
        assertThat(page.body()).contains("reference.js").doesNotContain("http://", "https://", "<script>", "style=");
        assertThat(get("/page/reference.js").body()).contains("openapi.json");
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return gateway.send(HttpRequest.newBuilder(gateway.uri(path)).build());
    }
}
