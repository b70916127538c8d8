package dev.pargo.evaluation.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs {@code ./pargo} as a user does. */
public final class Launcher {

    private final Map<String, String> environment;
    private final Path outputs;

    /**
     * @param environment settings such as ports
     * @param outputs     an empty directory
     */
    public Launcher(Map<String, String> environment, Path outputs) {
        this.environment = environment;
        this.outputs = outputs;
    }

    /** The output of a command and its exit status. */
    public record Outcome(int status, String out, String err) {}

    /** Runs one command to its end. */
    public Outcome run(String... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile(outputs, "out", null);
        Path err = Files.createTempFile(outputs, "err", null);
        List<String> command = new ArrayList<>(List.of(Repository.file("pargo").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Repository.file("").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PARGO_"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        int status = builder.start().waitFor();
        return new Outcome(status, Files.readString(out), Files.readString(err));
    }
}
