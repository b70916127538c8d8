package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.evaluation.stack.SharedStack;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Who may call a gateway: with a key, from a page of another origin, over the network. */
@ExtendWith(SharedStack.class)
class AccessIT {

    private static final String KEY = "a-key-without-limits";
    private static final String NARROW_KEY = "a-key-of-one-request-at-once";
    private static final String ORIGIN = "https://app.example";

    private static GatewayClient gateway;

    @BeforeAll
    static void startWithAKey(RunningStack stack) throws Exception {
        gateway = new GatewayClient(stack.startGateway(Map.of(
                "PARGO_API_KEYS",
                "alice %s; bob %s requests-per-minute=60 concurrency=1".formatted(hash(KEY), hash(NARROW_KEY)),
                "PARGO_GATEWAY_CORSORIGINS",
                ORIGIN)));
    }

    private static String hash(String key) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes()));
    }

    @Test
    void aKeysRequestsAtOnceAreLimited() throws Exception {
        ObjectNode endless =
                Chat.text("Hm?").put("stream", true).put("ignore_eos", true).put("max_tokens", 400);

        HttpResponse<InputStream> running = gateway.begin(ask(NARROW_KEY, endless));
        assertThat(running.headers().firstValue("x-ratelimit-limit-requests")).hasValue("60");
        Reply refused = gateway.send(ask(NARROW_KEY, Chat.text("Hm?")));

        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.json().at("/error/code").asString()).isEqualTo("rate_limit_exceeded");
        assertThat(refused.headers().firstValue("retry-after")).hasValue("1");
        running.body().close();
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> gateway.send(ask(NARROW_KEY, Chat.text("Hm?"))).status() == 200);
    }

    @Test
    void aPageOfAConfiguredOriginMayAskAndReadErrorsAndStreams() {
        HttpRequest preflight = gateway.request("/v1/chat/completions")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", ORIGIN)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,content-type")
                .build();

        for (HttpRequest request : List.of(
                preflight,
                ask(KEY, Chat.text("Hm?").put("stream", true)),
                ask(KEY, Chat.text("Hm?").put("temperature", 9)),
                gateway.request("/v1/models").header("Origin", ORIGIN).build())) {
            assertThat(gateway.send(request).headers().firstValue("access-control-allow-origin"))
                    .as("%s", request)
                    .contains(ORIGIN);
        }
    }

    private static HttpRequest ask(String key, JsonNode body) {
        return gateway.request("/v1/chat/completions")
                .header("Authorization", "Bearer " + key)
                .header("Origin", ORIGIN)
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
    }

    @Test
    void withoutKeysAGatewayIsOnThisMachineOnlyAndSaysSo(RunningStack stack) throws Exception {
        assertThat(stack.service(ServiceKind.GATEWAY).log())
                .contains("No API key is configured: whoever reaches 127.0.0.1 may use the gateway");
        List<InetAddress> others = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .toList();
        for (InetAddress address : others) {
            assertThatThrownBy(() -> new Socket(address, stack.url().getPort()).close())
                    .isInstanceOf(SocketException.class);
        }
    }
}
