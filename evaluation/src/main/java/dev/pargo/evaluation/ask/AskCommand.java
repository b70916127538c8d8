package dev.pargo.evaluation.ask;

import dev.pargo.evaluation.client.ChatClient;
import dev.pargo.evaluation.client.ChatException;
import dev.pargo.evaluation.client.ChatQuestion;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks one question about one picture; the answer alone goes to standard output. */
@Command(name = "ask", description = "Asks about a picture.", mixinStandardHelpOptions = true)
public final class AskCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--url", defaultValue = "http://127.0.0.1:8080", description = "Address of the gateway.")
    private URI url;

    @Option(names = "--model", description = "Model to ask; default: the first that the gateway has.")
    private @Nullable String model;

    @Option(names = "--timeout", defaultValue = "120", description = "Seconds to wait for the answer.")
    private int timeoutSeconds;

    @Parameters(index = "0", paramLabel = "IMAGE", description = "Picture file.")
    private Path image;

    @Parameters(index = "1", paramLabel = "QUESTION", description = "Question about it.")
    private String question;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        if (!Files.isRegularFile(image)) {
            err.printf("pargo: there is no picture at %s%n", image);
            return 2;
        }
        try {
            ChatClient client = new ChatClient(url, Duration.ofSeconds(timeoutSeconds));
            String asked = model == null ? client.models().get(0) : model;
            String answer = client.complete(new ChatQuestion(asked, ChatQuestion.dataUrl(image), question, null))
                    .at("/choices/0/message/content")
                    .asString();
            spec.commandLine().getOut().println(answer);
            return 0;
        } catch (ChatException refusal) {
            err.printf("pargo: %s%n", refusal.getMessage());
        } catch (IOException e) {
            err.printf("pargo: no answer from %s: %s%n", url, e.getMessage());
        }
        return 1;
    }
}
