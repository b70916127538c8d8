package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.gateway.picture.FakeInternet;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Pictures by URL: fetched from the public internet, and from nowhere else. */
class PictureUrlTest {

    private static final String HOST = "pictures.example";
    private static final String FIELD = "messages[0].content[1].image_url: ";
    private static final int MAX_BYTES = 1_000_000;
    private static final Duration TIME_LIMIT = Duration.ofSeconds(3);
    private static final AtomicInteger FILES = new AtomicInteger();

    private static LoopbackStages stages;
    private static FakeInternet internet;
    private static RunningGateway gateway;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        stages = new LoopbackStages();
        internet = new FakeInternet(folder, HOST, "other.example");
        gateway = RunningGateway.start(
                stages,
                internet,
                Stream.of(internet.settings(), new String[] {
                            "--pargo.fetch.time-limit=" + TIME_LIMIT.toMillis() + "ms",
                            "--pargo.fetch.concurrency=3",
                            "--pargo.gateway.max-body=2MB",
                            "--pargo.gateway.max-concurrent-bytes=4MB"
                        })
                        .flatMap(Stream::of)
                        .toArray(String[]::new));
        internet.serve(
                "/page.html",
                "image/png",
                "<html>Hello, this is not a picture</html>".getBytes(StandardCharsets.UTF_8));
        internet.serve("/missing.png", exchange -> exchange.sendResponseHeaders(404, -1));
        internet.serve("/huge.png", "image/png", png(MAX_BYTES + 1));
        internet.redirect("/hop1", 301, "/hop2");
        internet.redirect("/hop2", 302, "https://other.example/hop3");
        internet.redirect("/hop3", 308, "//" + HOST + "/picture.png");
        internet.redirect("/hop0", 307, "hop1");
        internet.serve("/picture.png", "image/png", png(5000));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        internet.close();
        stages.close();
    }

    @BeforeEach
    void reset() {
        stages.reset();
        internet.reset();
        internet.name(HOST, FakeInternet.ADDRESS);
    }

    @Test
    void aPictureIsFetchedOverHttps() throws Exception {
        String path = serve(png(300_000));

        HttpResponse<String> answer = ask(url(path + "?signature=a%2Fb%20c"));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("[-119 x 4980736]");
        assertThat(internet.requests).containsExactly("GET " + path + "?signature=a%2Fb%20c " + HOST);
        assertThat(internet.dialled).containsExactly(FakeInternet.ADDRESS);
    }

    @Test
    void theSameFileIsMadeOnceWhereverItIs() throws Exception {
        byte[] file = png(5000);
        String first = serve(file);
        String second = serve(file);

        assertThat(cachedImages(ask(url(first)))).isZero();
        assertThat(cachedImages(ask(url(second)))).isEqualTo(1);
        assertThat(cachedImages(
                        ask("data:image/png;base64," + Base64.getEncoder().encodeToString(file))))
                .isEqualTo(1);
        assertThat(stages.encoder.behaviour.calls).hasValue(1);
    }

    @Test
    void severalPicturesKeepTheirOrder() throws Exception {
        String slow = "/slow" + FILES.incrementAndGet();
        byte[] file = png(100);
        internet.serve(slow, exchange -> {
            pause(300);
            exchange.sendResponseHeaders(200, file.length);
            exchange.getResponseBody().write(file);
        });
        byte[] gif = png(100);
        System.arraycopy("GIF89a".getBytes(StandardCharsets.US_ASCII), 0, gif, 0, 6);

        HttpResponse<String> answer = ask(url(slow), url(serve(gif)));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).containsSubsequence("[-119 x", "[71 x");
    }

    @Test
    void theFormatIsSeenInTheFile() throws Exception {
        String path = "/type" + FILES.incrementAndGet();
        internet.serve(path, "text/plain", png(100));

        assertThat(ask(url(path)).statusCode()).isEqualTo(200);
        refused(ask(url("/page.html")), 400, "invalid_image", "the URL gives no PNG, JPEG, WebP, GIF or BMP");
    }

    @Test
    void threeRedirectsAreFollowedAndEachIsLookedUp() throws Exception {
        assertThat(ask(url("/hop1")).statusCode()).isEqualTo(200);
        assertThat(internet.lookUps).containsExactly(HOST, HOST, "other.example", HOST);

        refused(ask(url("/hop0")), 400, "image_fetch_failed", "the server redirects more than 3 times");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://127.0.0.1/",
                "https://localhost/",
                "https://10.1.2.3/",
                "https://169.254.169.254/latest/meta-data/",
                "https://[::1]/",
                "https://private.example/"
            })
    void redirectsToPrivateAddressesAreRefused(String location) throws Exception {
        internet.name("localhost", "127.0.0.1");
        internet.name("private.example", "192.168.1.1");
        String path = "/redirect" + FILES.incrementAndGet();
        internet.redirect(path, 302, location);

        refused(ask(url(path)), 400, "image_url_not_public", "the host of the URL has no public address");
        assertThat(internet.dialled).containsExactly(FakeInternet.ADDRESS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://pictures.example/picture.png",
                "file:///etc/passwd",
                "gopher://pictures.example/",
                "https://user@pictures.example/",
                "https://2130706433/"
            })
    void redirectsFollowTheRulesOfUrls(String location) throws Exception {
        String path = "/redirect" + FILES.incrementAndGet();
        internet.redirect(path, 302, location);

        HttpResponse<String> answer = ask(url(path));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(error(answer).path("message").asString()).startsWith(FIELD + "the server redirects, but the ");
        assertThat(internet.dialled).containsExactly(FakeInternet.ADDRESS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://127.0.0.1/",
                "https://0.0.0.0/",
                "https://10.0.0.1/",
                "https://172.16.0.1/",
                "https://192.168.0.1/",
                "https://169.254.169.254/latest/meta-data/",
                "https://168.63.129.16/",
                "https://100.64.0.1/",
                "https://100.100.100.200/",
                "https://[::1]/",
                "https://[::ffff:127.0.0.1]/",
                "https://[::ffff:7f00:1]/",
                "https://[::127.0.0.1]/",
                "https://[64:ff9b::127.0.0.1]/",
                "https://[64:ff9b::a00:1]/",
                "https://[2002:7f00:1::]/",
                "https://[2001:0:53aa:64c:0:7f00:1:1]/",
                "https://[fe80::1]/",
                "https://[fd00:ec2::254]/",
                "https://loopback.example/",
                "https://loopback.example./",
                "https://mixed.example/",
                "https://nowhere.example/"
            })
    void privateAddressesAreNotDialled(String url) throws Exception {
        internet.name("loopback.example", "127.0.0.1");
        internet.name("loopback.example.", "127.0.0.1");
        internet.name("mixed.example", FakeInternet.ADDRESS, "10.0.0.1");

        refused(ask(url), 400, "image_url_not_public", "the host of the URL has no public address");
        assertThat(internet.dialled).isEmpty();
        assertThat(stages.encoder.behaviour.calls).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://pictures.example/picture.png",
                "https://2130706433/",
                "https://127.1/",
                "https://0177.0.0.1/",
                "https://0x7f.1/",
                "https://pictures.example@127.0.0.1/",
                "https://pictures.example\\\\@127.0.0.1/",
                "https://[fe80::1%25lo]/",
                "file:///etc/passwd",
                "gopher://pictures.example/",
                "ftp://pictures.example/picture.png"
            })
    void otherUrlsAreRefused(String url) throws Exception {
        HttpResponse<String> answer = ask(url);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(error(answer).path("code").asString()).isEqualTo("invalid_image_url");
        assertThat(error(answer).path("param").asString()).isEqualTo("messages[0].content[1].image_url");
        assertThat(internet.lookUps).isEmpty();
        assertThat(internet.dialled).isEmpty();
    }

    @Test
    void theAddressThatWasCheckedIsTheOneThatIsDialled() throws Exception {
        internet.rename(HOST, "127.0.0.1");

        assertThat(ask(url("/picture.png")).statusCode()).isEqualTo(200);
        assertThat(internet.lookUps).containsExactly(HOST);
        assertThat(internet.dialled).containsExactly(FakeInternet.ADDRESS);

        refused(ask(url("/picture.png")), 400, "image_url_not_public", "the host of the URL has no public address");
        assertThat(internet.dialled).containsExactly(FakeInternet.ADDRESS);
    }

    @Test
    void aNameThatIsReboundForARedirectIsRefused() throws Exception {
        internet.rename(HOST, "127.0.0.1");

        refused(ask(url("/hop1")), 400, "image_url_not_public", "the host of the URL has no public address");
        assertThat(internet.dialled).containsExactly(FakeInternet.ADDRESS);
    }

    @Test
    void theServerMustProveItsName() throws Exception {
        internet.name("impostor.example", FakeInternet.ADDRESS);

        refused(
                ask("https://impostor.example/picture.png"),
                400,
                "image_fetch_failed",
                "the server cannot be reached, or does not speak proper HTTP");
        assertThat(internet.requests).isEmpty();
    }

    @Test
    void aServerThatHasNoPictureIsToldByItsStatus() throws Exception {
        refused(ask(url("/missing.png")), 400, "image_fetch_failed", "the server answers with status 404");
    }

    @Test
    void aFileThatIsTooLargeIsNotRead() throws Exception {
        String endless = "/endless" + FILES.incrementAndGet();
        AtomicInteger sent = new AtomicInteger();
        internet.serve(endless, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            byte[] more = png(10_000);
            while (sent.addAndGet(more.length) < 100 * MAX_BYTES) {
                out.write(more);
            }
        });

        String reason = "the file is larger than the limit of 1000000 bytes";
        refused(ask(url("/huge.png")), 413, "image_too_large", reason);
        refused(ask(url(endless)), 413, "image_too_large", reason);
        assertThat(sent.get()).isLessThan(50 * MAX_BYTES);
    }

    @Test
    void headersHaveABound() throws Exception {
        String path = "/headers" + FILES.incrementAndGet();
        internet.serve(path, exchange -> {
            for (int i = 0; i < 1000; i++) {
                exchange.getResponseHeaders().set("X-" + i, "v".repeat(100));
            }
            exchange.sendResponseHeaders(200, -1);
        });

        refused(
                ask(url(path)),
                400,
                "image_fetch_failed",
                "the server cannot be reached, or does not speak proper HTTP");
    }

    @Test
    void oneTimeLimitHoldsForAll() throws Exception {
        String dripping = "/dripping" + FILES.incrementAndGet();
        internet.serve(dripping, exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            for (byte next : png(1000)) {
                exchange.getResponseBody().write(next);
                exchange.getResponseBody().flush();
                pause(100);
            }
        });
        String silent = "/silent" + FILES.incrementAndGet();
        internet.serve(silent, exchange -> pause(20_000));

        long start = System.nanoTime();
        for (CompletableFuture<HttpResponse<String>> answer :
                List.of(gateway.chatAsync(body(url(dripping))), gateway.chatAsync(body(url(silent))))) {
            refused(answer.join(), 400, "image_fetch_failed", "fetching took longer than the limit of 3000 ms");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIME_LIMIT.multipliedBy(2));
    }

    @Test
    void aFetchEndsWithItsClient() throws Exception {
        String path = "/held" + FILES.incrementAndGet();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch broken = new CountDownLatch(1);
        internet.serve(path, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try {
                for (int i = 0; i < 1000; i++) {
                    exchange.getResponseBody().write(png(1000));
                    exchange.getResponseBody().flush();
                    begun.countDown();
                    pause(10);
                }
            } catch (IOException closed) {
                broken.countDown();
            }
        });
        CompletableFuture<HttpResponse<String>> answer = gateway.chatAsync(body(url(path)));
        assertThat(begun.await(5, TimeUnit.SECONDS)).isTrue();

        answer.cancel(true);

        assertThat(broken.await(2500, TimeUnit.MILLISECONDS)).isTrue();
        await().atMost(Duration.ofSeconds(5)).until(() -> gateway.active() == 0);
        await().atMost(Duration.ofSeconds(5)).until(() -> held() == 0);
    }

    @Test
    void filesCountAsTheyArrive() throws Exception {
        String path = "/held" + FILES.incrementAndGet();
        CountDownLatch release = new CountDownLatch(1);
        byte[] file = png(900_000);
        internet.serve(path, exchange -> {
            exchange.sendResponseHeaders(200, file.length);
            exchange.getResponseBody().write(file, 0, 500_000);
            exchange.getResponseBody().flush();
            waitFor(release);
            exchange.getResponseBody().write(file, 500_000, 400_000);
        });
        CompletableFuture<HttpResponse<String>> answer = gateway.chatAsync(body(url(path)));
        try {
            await().atMost(Duration.ofMillis(2500)).until(() -> held() >= 500_000);
            assertThat(held()).isLessThanOrEqualTo(900_000);
        } finally {
            release.countDown();
        }
        assertThat(answer.join().statusCode()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(5)).until(() -> held() == 0);
    }

    @Test
    void onlySoManyPicturesAreFetchedAtOnce() throws Exception {
        String path = "/held" + FILES.incrementAndGet();
        CountDownLatch begun = new CountDownLatch(3);
        CountDownLatch release = new CountDownLatch(1);
        byte[] file = png(100);
        internet.serve(path, exchange -> {
            begun.countDown();
            waitFor(release);
            exchange.sendResponseHeaders(200, file.length);
            exchange.getResponseBody().write(file);
        });
        CompletableFuture<HttpResponse<String>> first = gateway.chatAsync(body(url(path), url(path), url(path)));
        try {
            assertThat(begun.await(2, TimeUnit.SECONDS)).isTrue();

            HttpResponse<String> refused = ask(url("/picture.png"));

            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("retry-after")).hasValue("1");
            assertThat(error(refused).path("message").asString())
                    .isEqualTo("The gateway fetches no more pictures at the moment");
        } finally {
            release.countDown();
        }
        assertThat(first.join().statusCode()).isEqualTo(200);
    }

    private static void refused(HttpResponse<String> answer, int status, String code, String reason) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(error(answer).path("code").asString()).isEqualTo(code);
        assertThat(error(answer).path("param").asString()).isEqualTo("messages[0].content[1].image_url");
        assertThat(error(answer).path("message").asString()).isEqualTo(FIELD + reason);
    }

    private static HttpResponse<String> ask(String... urls) throws Exception {
        return gateway.chat(body(urls));
    }

    private static String body(String... urls) {
        String parts = String.join(
                "",
                Stream.of(urls)
                        .map(",{\"type\":\"image_url\",\"image_url\":{\"url\":\"%s\"}}"::formatted)
                        .toList());
        return """
                {"messages":[{"role":"user","content":[{"type":"text","text":"Hm?"}%s]}]}""".formatted(parts);
    }

    private static String url(String path) {
        return "https://" + HOST + path;
    }

    /** Serves a file at a path of its own. */
    private static String serve(byte[] file) {
        String path = "/file" + FILES.incrementAndGet();
        internet.serve(path, "image/png", file);
        return path;
    }

    /** A file that begins as a PNG and is unlike any other. */
    private static byte[] png(int bytes) {
        ByteBuffer file = ByteBuffer.allocate(bytes);
        file.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'})
                .putInt(FILES.incrementAndGet());
        return file.array();
    }

    private static double held() {
        return gateway.gauge("pargo.gateway.bodies.held");
    }

    private static int cachedImages(HttpResponse<String> answer) {
        return JsonMapper.shared()
                .readTree(answer.body())
                .at("/usage/prompt_tokens_details/cached_images")
                .asInt();
    }

    private static JsonNode error(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body()).path("error");
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
