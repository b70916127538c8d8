package dev.pargo.evaluation.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.stack.Bundles;
import dev.pargo.evaluation.stack.Launcher;
import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.evaluation.stack.SharedStack;
import dev.pargo.evaluation.stack.StackPorts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/**
 * The page of a gateway with an API key and two models: pargo-mini, and its encoder and LLM behind an MLP projector of random
 * weights.
 */
@ExtendWith(SharedStack.class)
class ComparisonPageIT {

    private static final String KEY = "a key that this page alone knows";

    private static Browser browser;
    private static String page;

    @BeforeAll
    static void start(RunningStack stack, @TempDir Path directory) throws Exception {
        browser = Browser.start();
        Path mlp = directory.resolve("mini-mlp");
        Launcher.Outcome made = new Launcher(Map.of(), directory)
                .run("synthesize", "--projector", "mlp", "--beside", Bundles.PARGO_MINI.toString(), mlp.toString());
        assertThat(made.status()).as(made.err()).isZero();
        StackPorts other = stack.startOther(ServiceKind.PROJECTOR, Map.of("PARGO_MODEL", mlp.toString()));
        Map<String, String> pipelines = new TreeMap<>();
        pipeline(pipelines, 0, "pargo-mini", stack.ports());
        pipeline(pipelines, 1, "mini-mlp", other);
        pipelines.put("PARGO_API_KEYS", "page " + sha256(KEY));
        page = stack.startGateway(pipelines) + "/";
    }

    private static void pipeline(Map<String, String> settings, int index, String name, StackPorts ports) {
        String prefix = "PARGO_PIPELINES_%d_".formatted(index);
        settings.put(prefix + "NAME", name);
        for (ServiceKind stage : ServiceKind.STAGES) {
            settings.put(prefix + stage, "static://127.0.0.1:" + ports.work(stage));
        }
        settings.put(prefix + "REQUIRESAMEBUNDLE", "false");
    }

    private static String sha256(String text) throws NoSuchAlgorithmException {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void open() {
        browser.resize(1440, 900);
        browser.open(page);
        browser.run("localStorage.clear()");
        browser.open(page);
        browser.await("#key-dialog");
    }

    private static void give(String key) {
        browser.await("#key-value").sendKeys(key, Keys.ENTER);
    }

    @Test
    void theKeyIsAskedForOnce() {
        give("another key");
        browser.awaitTrue("document.getElementById('key-why').textContent.includes('does not know this key')");
        assertThat(browser.element("#notice").getText()).endsWith("Give a valid key: the button is at the top.");
        assertThat((List<?>) browser.run(Audit.SCRIPT)).isEmpty();
        assertThat((List<?>) browser.run(Contrast.SCRIPT)).isEmpty();
        give(KEY);
        browser.awaitTrue("!document.getElementById('model').disabled");
        assertThat(browser.element("#notice").isDisplayed()).isFalse();
        browser.console();

        browser.open(page);
        browser.awaitTrue("!document.getElementById('model').disabled");
        assertThat(browser.element("#key-dialog").isDisplayed()).isFalse();
        browser.element("#code").click();
        assertThat(browser.await("#snippet").getText())
                .contains("Authorization: Bearer $PARGO_API_KEY")
                .doesNotContain(KEY);
        assertThat(browser.console()).isEmpty();
    }

    @Test
    void twoModelsAnswerSideBySideAndEachShowsWhereItLooked() {
        give(KEY);
        browser.awaitTrue("document.querySelectorAll('#model option').length === 2");
        browser.console();
        browser.element("#compare").click();
        assertThat(browser.element("#rival").getDomProperty("value")).isEqualTo("mini-mlp");
        browser.await("#examples li:nth-child(2) button").click();
        browser.awaitTrue("document.getElementById('shown').naturalWidth > 0");
        browser.await("#question").sendKeys("Please describe the image.", Keys.ENTER);
        browser.awaitTrue("document.querySelectorAll('.answer .work').length === 2");

        assertThat(browser.elements(".answer .who"))
                .extracting(WebElement::getText)
                .containsExactly("pargo-mini", "mini-mlp");
        WebElement left = browser.elements(".answer").get(0);
        WebElement right = browser.elements(".answer").get(1);
        assertThat(left.getText()).contains("a pink diamond at the bottom left");
        assertThat(left.getRect().getY()).isEqualTo(right.getRect().getY());
        assertThat(left.getRect().getX()).isLessThan(right.getRect().getX());

        // The MLP's visual tokens are places themselves.
        browser.point(browser.elements(".answer:nth-child(2) .word.known").get(0));
        browser.awaitTrue("document.getElementById('lens-caption').textContent.includes(' looked ')");
        assertThat((List<?>) browser.run(Audit.SCRIPT)).isEmpty();
        assertThat((List<?>) browser.run(Contrast.SCRIPT)).isEmpty();
        assertThat(browser.console()).isEmpty();
        assertThat(browser.requests()).allMatch(url -> url.startsWith(page));
    }
}
