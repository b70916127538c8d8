package dev.pargo.gateway.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The checks of a URL by its text and the settings. */
class WebUrlTest {

    private static final FetchProperties DEFAULTS = rules(true, false);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.org",
                "HTTPS://Example.ORG/a.png",
                "https://example.org:443/a%2Fb.png?x=%20&y=1#there",
                "https://example.org:80/",
                "https://1.2.3.4/a.png",
                "https://[2606:2800::1]/a.png",
                "https://1and1.example/a.png",
                "https://a.b-c.xn--p1ai/a.png"
            })
    void urlsOfTheWebAreTaken(String url) throws Exception {
        assertThat(WebUrl.parse(url, DEFAULTS).uri()).hasToString(url);
    }

    @Test
    void charactersBeyondAsciiOfAPathAreEncoded() throws Exception {
        assertThat(WebUrl.parse("https://example.org/K\u00f6ln.png", DEFAULTS).uri())
                .hasToString("https://example.org/K%C3%B6ln.png");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.org/", // only by a setting
                "https://2130706433/",
                "https://127.1/",
                "https://127.0.1/",
                "https://0177.0.0.1/",
                "https://127.0.0.01/",
                "https://0x7f.0.0.1/",
                "https://0x7f000001/",
                "https://1.2.3.4./",
                "https://256.1.1.1/",
                "https://1.2.3.4.5/",
                "https://example.0x1/",
                "https://[fe80::1%25eth0]/",
                "https://[fe80::1%eth0]/",
                "https://[::1/",
                "https://user@example.org/",
                "https://user:secret@example.org/",
                "https://example.org@127.0.0.1/",
                "https://@example.org/",
                "https://example.org\\@127.0.0.1/",
                "https://example.org\\.evil.example/",
                "https:\\\\example.org/",
                "https:/example.org/",
                "https:example.org",
                "https:///a.png",
                "https://",
                "https://exam ple.org/",
                "https://example.org/a b.png",
                "https://example.org/\r\nHost: evil",
                "https://\uff11\uff12\uff17.0.0.1/",
                "https://127\u30020\u30020\u30021/",
                "https://example.org:-1/",
                "https://example.org:99999999999/",
                "https://%31%32%37.0.0.1/",
                "https://a_b.example/"
            })
    void othersAreMalformed(String url) {
        assertThatThrownBy(() -> WebUrl.parse(url, DEFAULTS))
                .isInstanceOf(FetchException.class)
                .extracting(refused -> ((FetchException) refused).toClient("x").code())
                .isEqualTo("invalid_image_url");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://example.org:22/", "https://example.org:8443/", "https://1.2.3.4:6379/"})
    void otherPortsAreNotAllowed(String url) {
        assertThatThrownBy(() -> WebUrl.parse(url, DEFAULTS)).hasMessageEndingWith("is not allowed");
    }

    @Test
    void aUrlHasABound() {
        assertThatThrownBy(() -> WebUrl.parse("https://example.org/" + "a".repeat(4096), DEFAULTS))
                .hasMessage("the URL may have at most 4096 characters");
    }

    @Test
    void httpAndOtherPortsAreSettings() throws Exception {
        FetchProperties rules =
                new FetchProperties(true, true, List.of(), Set.of(80, 9000), Duration.ofSeconds(1), 1, null);

        assertThat(WebUrl.parse("http://example.org/", rules).uri()).hasHost("example.org");
        assertThat(WebUrl.parse("https://example.org:9000/", rules).uri()).hasPort(9000);
        assertThatThrownBy(() -> WebUrl.parse("https://example.org/", rules)).hasMessage("port 443 is not allowed");
    }

    @Test
    void everythingCanBeSwitchedOff() {
        assertThatThrownBy(() -> WebUrl.parse("https://example.org/", rules(false, true)))
                .hasMessage("fetching pictures by URL is switched off; send a data URL");
    }

    @ParameterizedTest
    @CsvSource({
        "example.org, true",
        "EXAMPLE.org, true",
        "example.org., true",
        "a.example.org, false",
        "evilexample.org, false",
        "a.example.net, true",
        "b.a.example.net, true",
        "example.net, false",
        "evilexample.net, false"
    })
    void hostsCanBeListed(String host, boolean allowed) {
        FetchProperties rules = rules(true, false, "example.org", "*.example.net");

        assertThat(isTaken("https://" + host + "/a.png", rules)).isEqualTo(allowed);
    }

    @Test
    void redirectsFollowTheSameRules() throws Exception {
        WebUrl url = WebUrl.parse("https://example.org/a/b.png?x", DEFAULTS);

        assertThat(url.redirect("c.png?y=%2F", DEFAULTS).uri()).hasToString("https://example.org/a/c.png?y=%2F");
        assertThat(url.redirect("//example.net/", DEFAULTS).uri()).hasToString("https://example.net/");
        for (String location : List.of(
                "http://example.org/", "file:///etc/passwd", "gopher://example.org/", "//a@b/", "data:image/png,x")) {
            assertThatThrownBy(() -> url.redirect(location, DEFAULTS))
                    .hasMessageStartingWith("the server redirects, but the URL must");
        }
    }

    private static boolean isTaken(String url, FetchProperties rules) {
        try {
            WebUrl.parse(url, rules);
            return true;
        } catch (FetchException refused) {
            return false;
        }
    }

    private static FetchProperties rules(boolean enabled, boolean http, String... hosts) {
        return new FetchProperties(enabled, http, List.of(hosts), Set.of(443, 80), Duration.ofSeconds(1), 1, null);
    }
}
