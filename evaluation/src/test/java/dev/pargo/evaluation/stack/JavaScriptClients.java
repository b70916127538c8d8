package dev.pargo.evaluation.stack;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** Clients of OpenAI's API in {@code clients/javascript}, which npm installs for the first test that wants them. */
public final class JavaScriptClients {

    /** The libraries that npm has installed. */
    public static final Path LIBRARIES = Repository.file("clients/javascript/node_modules");

    private static final Path FOLDER = LIBRARIES.getParent();
    private static final Path INSTALLING = Repository.file("evaluation/target/javascript-clients.lock");
    private static final Path INSTALLED = Repository.file("evaluation/target/javascript-clients-installed.txt");

    private JavaScriptClients() {}

    /** Installs the clients if necessary. Without Node, or where npm cannot install them, the calling test is skipped. */
    public static void assumeInstalled() throws Exception {
        // Another process may be installing them.
        try (FileChannel file = FileChannel.open(INSTALLING, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = file.lock()) {
            assumeTrue(
                    run(INSTALLED, Map.of(), "node", "--version") == 0,
                    "There is no Node: JavaScript's clients are not run");
            assumeTrue(
                    Files.exists(LIBRARIES) || run(INSTALLED, Map.of(), "npm", "ci", "--no-audit", "--no-fund") == 0,
                    "npm cannot install JavaScript's clients: they are not run");
        }
    }

    /**
     * Runs a command in the clients' folder; see {@link ClientProcess}.
     *
     * @param output file for what it writes
     */
    public static int run(Path output, Map<String, String> environment, String... command) throws InterruptedException {
        return ClientProcess.run(FOLDER, output, environment, command);
    }
}
