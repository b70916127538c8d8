package dev.pargo.evaluation.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pargo.evaluation.stack.JavaScriptClients;
import dev.pargo.evaluation.stack.Repository;
import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.SharedStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The code that the page shows, run as it is copied: it asks what the page has asked, and gets the same answer. */
@ExtendWith(SharedStack.class)
class SnippetsIT {

    private static final String PICTURE = "very.png";

    private static Browser browser;
    private static String answer;

    @TempDir
    private Path directory;

    /** A picture, a question, and one that follows; with what shells and languages read in texts. */
    @BeforeAll
    static void ask(RunningStack stack) {
        browser = Browser.start();
        browser.resize(1440, 900);
        browser.open(stack.url() + "/");
        browser.awaitTrue("!document.getElementById('model').disabled");
        browser.await("#examples li:nth-child(1) button").click();
        browser.awaitTrue("document.getElementById('shown').naturalWidth > 0");
        browser.element(".options summary").click();
        browser.await("#most").sendKeys("30");
        browser.await("#question").sendKeys("What does the text say?", Keys.ENTER);
        browser.awaitTrue("document.querySelectorAll('.work').length === 1");
        browser.await("#question").sendKeys("\"$HOME\", `it's` or \\n: what is at the bottom?", Keys.ENTER);
        browser.awaitTrue("document.querySelectorAll('.work').length === 2");
        answer = browser.element(".turn:last-child .text").getText();
        browser.element("#code").click();
        browser.await("#code-dialog");
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @Test
    void curl() throws Exception {
        assumeTrue(isThere("curl"), "There is no curl: its code is not run");
        assertThat(run("curl", "ask.sh", "bash", "ask.sh")).contains("\"content\":\"" + answer + "\"");
    }

    @Test
    void java() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

        assertThat(run("java", "Ask.java", java, "-cp", System.getProperty("java.class.path"), "Ask.java"))
                .isEqualTo(answer);
    }

    @Test
    void javascript() throws Exception {
        JavaScriptClients.assumeInstalled();
        Files.createSymbolicLink(directory.resolve("node_modules"), JavaScriptClients.LIBRARIES);

        assertThat(run("javascript", "ask.mjs", "node", "ask.mjs")).isEqualTo(answer);
    }

    /** Python is no part of the project, so its code is only looked at. */
    @Test
    void python() {
        assertThat(code("python"))
                .contains(
                        "picture(\"very.png\", \"image/png\")",
                        "{\"role\": \"assistant\", \"content\": ",
                        "max_tokens=30");
    }

    private static String code(String language) {
        browser.run("document.querySelector('input[value=%s]').click()".formatted(language));
        return (String) browser.run("return document.getElementById('snippet').textContent");
    }

    /** What the code of a language writes when it is run beside the picture. */
    private String run(String language, String file, String... command) throws Exception {
        Files.writeString(directory.resolve(file), code(language));
        Files.copy(Repository.file("examples/" + PICTURE), directory.resolve(PICTURE));
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        assertThat(process.waitFor()).as(Files.readString(err)).isZero();
        return Files.readString(out);
    }

    private static boolean isThere(String command) throws InterruptedException {
        try {
            return new ProcessBuilder(List.of(command, "--version")).start().waitFor() == 0;
        } catch (IOException missing) {
            return false;
        }
    }
}
