package dev.pargo.evaluation.ask;

import dev.pargo.evaluation.client.ChatClient;
import dev.pargo.evaluation.client.ChatRequest;
import dev.pargo.evaluation.client.EndpointOptions;
import dev.pargo.evaluation.client.PictureDataUrl;
import dev.pargo.evaluation.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks one question about one picture. Only the answer is written to standard output. */
@Command(name = "ask", description = "Asks about a picture.", mixinStandardHelpOptions = true)
public final class AskCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private EndpointOptions endpoint;

    @Option(names = "--model", description = "Model to ask; default: the endpoint's first.")
    private @Nullable String model;

    @Parameters(index = "0", paramLabel = "IMAGE", description = "Picture file.")
    private Path image;

    @Parameters(index = "1", paramLabel = "QUESTION", description = "Question about it.")
    private String question;

    @Override
    public Integer call() throws IOException {
        if (!Files.isRegularFile(image)) {
            throw new InputException("there is no picture at " + image);
        }
        ChatClient client = endpoint.connect();
        ChatRequest asked =
                new ChatRequest(EndpointOptions.model(client, model), PictureDataUrl.of(image), question, Map.of());
        spec.commandLine().getOut().println(client.complete(asked).text());
        return 0;
    }
}
