package dev.pargo.evaluation.stack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A client of OpenAI's API with libraries of its own, as a process. */
public final class ClientProcess {

    private ClientProcess() {}

    /**
     * Runs a command, for two minutes at most.
     *
     * @param output file for what it writes
     * @return its exit status; -1 if there is no such command, or it took too long
     */
    public static int run(Path folder, Path output, Map<String, String> environment, String... command)
            throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(command))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                return -1;
            }
            return process.exitValue();
        } catch (IOException missing) {
            return -1;
        }
    }
}
