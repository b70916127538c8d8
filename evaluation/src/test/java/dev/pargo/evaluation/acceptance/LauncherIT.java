package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.stack.Launcher;
import dev.pargo.evaluation.stack.Launcher.Outcome;
import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.evaluation.stack.StackPorts;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that a new user starts with. */
class LauncherIT {

    @TempDir
    private Path directory;

    private StackPorts ports;
    private Launcher launcher;

    @BeforeEach
    void choosePorts() throws Exception {
        ports = StackPorts.free();
        launcher = new Launcher(ports.environment(), directory);
    }

    @AfterEach
    void stop() throws Exception {
        launcher.run("down");
    }

    @Test
    void firstQuestionStartsTheStackThatTheOthersFind() throws Exception {
        KnownAnswer example = KnownAnswer.all().get(0);

        Outcome first = launcher.run("ask", example.image().toString(), example.question());
        Outcome status = launcher.run("status");
        Outcome second = launcher.run("ask", example.image().toString(), example.question());
        Outcome down = launcher.run("down");

        assertThat(first.status()).as(first.err()).isZero();
        assertThat(first.out()).isEqualTo(example.answer() + "\n");
        assertThat(first.err()).contains("starting encoder projector llm gateway", "ready after");
        assertThat(status.out().lines()).hasSize(5);
        for (ServiceKind kind : ServiceKind.values()) {
            assertThat(status.out()).containsPattern("(?i)%s +ready +%d".formatted(kind, ports.work(kind)));
        }
        assertThat(status.out()).contains("pargo-mini", "float32", " MB");
        assertThat(second.out()).isEqualTo(first.out());
        assertThat(second.err()).isEmpty();
        assertThat(down.status()).isZero();
        assertThat(launcher.run("status").out()).doesNotContain("ready").contains("down");
    }

    @Test
    void takenPortIsOneClearLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(ports.work(ServiceKind.LLM), 1, InetAddress.getLoopbackAddress())) {
            Outcome up = launcher.run("up");

            assertThat(up.status()).isEqualTo(1);
            assertThat(up.out()).isEmpty();
            assertThat(up.err())
                    .isEqualTo("pargo: port %d is taken; choose another with PARGO_LLM_PORT%n"
                            .formatted(taken.getLocalPort()));
        }
    }

    @Test
    void aServiceThatFailsStopsThoseStartedWithIt() throws Exception {
        Map<String, String> environment = new TreeMap<>(ports.environment());
        environment.put("PARGO_LLM_KV_CACHE", "1KB");
        environment.put("PATH", slowPaste() + ":" + System.getenv("PATH"));

        Outcome up = new Launcher(environment, directory).run("up");

        assertThat(up.status()).isEqualTo(1);
        assertThat(up.err().lines())
                .containsExactly(
                        "starting encoder projector llm gateway ...",
                        "stopping encoder projector llm gateway ...",
                        "pargo: llm did not start: Cannot start: pargo.llm.kv-cache of 0 MB is too small:"
                                + " a context of 512 tokens with pargo.llm.sequences 1 needs 2 MB");
        assertThat(launcher.run("status").out()).doesNotContain("ready", "starting");
    }

    /** Makes the script need a second between forking the LLM service and becoming it, as a busy machine may. */
    private Path slowPaste() throws Exception {
        Path paste = Files.createDirectory(directory.resolve("slow")).resolve("paste");
        Files.writeString(paste, "#!/bin/sh\nsleep 1\nPATH=${PATH#*:} exec paste \"$@\"\n");
        assertThat(paste.toFile().setExecutable(true)).isTrue();
        return paste.getParent();
    }

    @Test
    void unknownModelIsOneClearLine() throws Exception {
        Map<String, String> environment = new TreeMap<>(ports.environment());
        environment.put("PARGO_MODEL", "no-such-model");

        Outcome up = new Launcher(environment, directory).run("up");

        assertThat(up.status()).isEqualTo(1);
        assertThat(up.err().lines())
                .singleElement()
                .asString()
                .contains("there is no model bundle at", "no-such-model");
    }

    @Test
    void unknownCommandShowsTheUsage() throws Exception {
        Outcome outcome = launcher.run("frobnicate");

        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.err()).contains("usage: ./pargo COMMAND", "unknown command 'frobnicate'");
    }
}
