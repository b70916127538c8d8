package dev.pargo.evaluation.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.SharedStack;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

@ExtendWith(SharedStack.class)
class PageIT {

    private static Browser browser;

    private String page;

    @BeforeAll
    static void startBrowser() {
        browser = Browser.start();
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void open(RunningStack running) {
        page = running.url() + "/";
        browser.resize(1440, 900);
        browser.prefer("light");
        browser.console();
        browser.requests();
        browser.open(page);
        browser.awaitTrue("!document.getElementById('model').disabled");
    }

    @AfterEach
    void saysNothingOnTheConsoleAndCallsNobodyElse() {
        assertThat(browser.console()).isEmpty();
        assertThat(browser.requests()).isNotEmpty().allMatch(url -> url.startsWith(page));
    }

    @Test
    void answersASuggestedQuestionAboutAnExamplePicture() {
        chooseExample(1);
        browser.await(".suggestions button").click();

        assertThat(awaitAnswer(1)).contains("VERY");
        assertThat(browser.element(".turn .asked").getText()).isEqualTo("What does the text say?");
    }

    @Test
    void showsWhereTheTimeWent() {
        chooseExample(2);
        ask("Please describe the image.");
        awaitAnswer(1);

        assertThat(browser.await("#work").getText())
                .contains("First token", "Decode", "prompt tokens", "80 of them visual");
        assertThat(browser.elements("#work .bar i")).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void streamsTheAnswerInPieces() {
        chooseExample(2);
        ask("Please describe the image.");
        awaitAnswer(1);

        assertThat(browser.elements(".turn .text span").size()).isGreaterThan(5);
    }

    @Test
    void asksAFollowUpQuestionByKeyboard() {
        chooseExample(2);
        ask("Is there a red pentagon?");
        awaitAnswer(1);
        browser.type("Is the crescent gray?", Keys.ENTER);

        awaitAnswer(2);
        assertThat(browser.elements(".turn .asked"))
                .extracting(WebElement::getText)
                .containsExactly("Is there a red pentagon?", "Is the crescent gray?");
    }

    @Test
    void answersWithoutAPicture() {
        ask("Please describe the image.");

        awaitAnswer(1);
    }

    @Test
    void drawsThePatchGroupsOfPartialTokensOverThePicture() {
        chooseExample(2);
        browser.await("#lens");
        choose("groups");

        assertThat(browser.element("#lens-caption").getText())
                .isEqualTo("72 partial tokens, each with 2 patches of its own; 8 global tokens see all 144.");
        assertThat(paintedShare()).isGreaterThan(0.9);
        choose("none");
        assertThat(paintedShare()).isZero();
    }

    @Test
    void drawsTheAttentionOfALayerAndOfAToken() {
        chooseExample(2);
        browser.await("#lens");
        choose("attention");
        assertThat(browser.element("#token-value").getText()).isEqualTo("all global");
        assertThat(paintedShare()).isGreaterThan(0.2);

        browser.element("#token").sendKeys(Keys.ARROW_RIGHT);
        assertThat(browser.element("#token-value").getText()).isEqualTo("1, partial");
        // Two of 144 patches, with the edges of their pixels.
        assertThat(paintedShare()).isBetween(0.005, 0.03);
        browser.element("#layer").sendKeys(Keys.HOME);
        assertThat(browser.element("#layer-value").getText()).isEqualTo("1 of 4");
    }

    private void choose(String lens) {
        browser.run("document.querySelector('input[name=lens][value=%s]').click()".formatted(lens));
    }

    private double paintedShare() {
        return ((Number) browser.run("""
                        const overlay = document.getElementById('overlay');
                        const copy = new OffscreenCanvas(overlay.width, overlay.height).getContext('2d', {willReadFrequently: true});
                        copy.drawImage(overlay, 0, 0);
                        const pixels = copy.getImageData(0, 0, overlay.width, overlay.height).data;
                        return pixels.filter((value, index) => index % 4 === 3 && value > 0).length / (pixels.length / 4)
                        """)).doubleValue();
    }

    @Test
    void startsANewConversation() {
        ask("Please describe the image.");
        awaitAnswer(1);
        browser.await("#fresh").click();

        assertThat(browser.elements(".turn")).isEmpty();
        assertThat(browser.element("#welcome").isDisplayed()).isTrue();
    }

    @Test
    void showsAnErrorOfTheGatewayAndGoesOn() {
        browser.run("document.getElementById('question').value = 'too long for the context '.repeat(200)");
        browser.await("#send").click();
        assertThat(browser.await(".fault").getText()).contains("the limit is 511", "Try again");
        assertThat(browser.console()).hasSize(1).first().asString().contains("400");

        ask("Please describe the image.");
        browser.awaitTrue("document.querySelectorAll('.turn').length === 2 && !document.querySelector('.writing')");
        assertThat(browser.elements(".fault")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"curl", "java", "python", "javascript"})
    void showsTheRequestAsCode(String language) {
        chooseExample(1);
        ask("What does the text say?");
        awaitAnswer(1);
        browser.element("#code").click();
        browser.await("#code-dialog");
        browser.run("document.querySelector('input[value=%s]').click()".formatted(language));

        assertThat(browser.element("#snippet").getText())
                .contains(page + "v1", "pargo-mini", "What does the text say?", "very.png");
    }

    @Test
    void leavesOutThePictureWhenItIsRemoved() {
        chooseExample(1);
        browser.await("#remove").click();

        assertThat(browser.element("#invite").isDisplayed()).isTrue();
        assertThat(browser.element("#frame").isDisplayed()).isFalse();
    }

    @Test
    void hasAnAccessibleNameForEveryControl() {
        Object nameless = browser.run("""
                return [...document.querySelectorAll('button, input, select, textarea, video')]
                  .filter(control => !(control.labels?.length || control.getAttribute('aria-label') || control.textContent.trim()
                      || control.querySelector('img[alt]:not([alt=""])')))
                  .map(control => control.outerHTML)
                """);
        assertThat((List<?>) nameless).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1440,light", "1440,dark", "390,light", "390,dark"})
    void textHasEnoughContrast(int width, String scheme) {
        browser.prefer(scheme);
        browser.resize(width, 900);
        chooseExample(2);
        ask("Please describe the image.");
        awaitAnswer(1);

        assertThat((List<?>) browser.run(Contrast.SCRIPT))
                .as("text below a contrast of 4.5")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1440, 800, 390, 320})
    void fitsTheWidthOfTheScreen(int width) {
        browser.resize(width, 800);
        chooseExample(2);
        ask("Please describe the image.");
        awaitAnswer(1);

        assertThat(browser.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
                .isEqualTo(true);
    }

    @Test
    void theFocusFollowsTheOrderOfThePage() {
        Object order = browser.run("""
                const stops = [...document.querySelectorAll('a, button, input, select, textarea')]
                  .filter(element => element.offsetParent && !element.disabled);
                return stops.every(element => element.tabIndex === 0)
                """);
        assertThat(order).isEqualTo(true);
    }

    private void chooseExample(int number) {
        browser.await("#examples li:nth-child(%d) button".formatted(number)).click();
        browser.awaitTrue("document.getElementById('shown').naturalWidth > 0");
    }

    private void ask(String question) {
        browser.await("#question").sendKeys(question, Keys.ENTER);
    }

    private String awaitAnswer(int turns) {
        browser.awaitTrue("document.querySelectorAll('.turn').length === %d && !document.querySelector('.writing')"
                .formatted(turns));
        assertThat(browser.elements(".fault")).isEmpty();
        return browser.element(".turn:last-child .text").getText();
    }
}
