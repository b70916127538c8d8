package dev.pargo.evaluation.compare;

import dev.pargo.evaluation.client.ChatClient;
import dev.pargo.evaluation.client.EndpointOptions;
import dev.pargo.evaluation.client.ExtraFields;
import dev.pargo.evaluation.client.ModelCard;
import dev.pargo.evaluation.client.PatientChat;
import dev.pargo.evaluation.input.InputException;
import dev.pargo.evaluation.progress.ProgressBar;
import dev.pargo.evaluation.question.Match;
import dev.pargo.evaluation.question.OwnQuestion;
import dev.pargo.evaluation.question.QuestionFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.IntNode;

/** Asks several models the same questions and writes the answers side by side. */
@Command(
        name = "compare",
        description = "Asks several models the same questions and writes the answers side by side.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class CompareCommand implements Callable<Integer> {

    private static final int ATTEMPTS = 30;

    @Spec
    private CommandSpec spec;

    @Mixin
    private EndpointOptions endpoint;

    @Option(names = "--models", split = ",", description = "Models to ask; default: all that the endpoint serves.")
    private @Nullable List<String> models;

    @Option(
            names = "--questions",
            required = true,
            paramLabel = "FILE",
            description = "Questions, one JSON object per line: image, question, answer, match.")
    private Path questions;

    @Option(
            names = "--out",
            defaultValue = "comparison",
            paramLabel = "DIR",
            description = "Folder for report.md and report.html; default: ${DEFAULT-VALUE}.")
    private Path out;

    @Option(
            names = "--match",
            defaultValue = "exact",
            description = "exact, yes_no or contains, if a question does not say; default: ${DEFAULT-VALUE}.")
    private Match match;

    @Option(
            names = "--note",
            paramLabel = "MODEL=TEXT",
            description = "What readers must know about a model, such as that its weights are random; may be repeated.")
    private Map<String, String> notes = new LinkedHashMap<>();

    @Mixin
    private ExtraFields fields;

    @Override
    public Integer call() throws IOException {
        List<OwnQuestion> asked = QuestionFile.read(questions);
        ChatClient client = endpoint.connect();
        List<Candidate> candidates = candidates(client.models());
        Comparison comparison = interview(client, candidates, asked);
        Files.createDirectories(out);
        new MarkdownReport(comparison).write(out);
        new HtmlReport(comparison).write(out);
        PrintWriter print = spec.commandLine().getOut();
        print.print(Summary.of(comparison));
        if (!comparison.caution().isEmpty()) {
            print.println(comparison.caution());
        }
        print.printf("%s and report.md%n", out.resolve("report.html"));
        print.flush();
        return 0;
    }

    private Comparison interview(ChatClient client, List<Candidate> candidates, List<OwnQuestion> asked)
            throws IOException {
        Map<String, JsonNode> parameters = fields.parse();
        parameters.putIfAbsent("temperature", IntNode.valueOf(0));
        int total = asked.size() * candidates.size();
        try (ProgressBar progress = new ProgressBar(spec.commandLine().getErr(), "compare", 0, total)) {
            return new Interview(new PatientChat(client, ATTEMPTS), candidates, parameters, match, progress::step)
                    .ask(asked);
        }
    }

    private List<Candidate> candidates(List<ModelCard> served) {
        Map<String, ModelCard> byName =
                served.stream().collect(Collectors.toMap(ModelCard::id, card -> card, (a, b) -> a, LinkedHashMap::new));
        List<String> wanted = models == null ? List.copyOf(byName.keySet()) : models;
        for (String name : wanted) {
            if (!byName.containsKey(name)) {
                throw new InputException("there is no model %s; the endpoint serves %s"
                        .formatted(name, String.join(", ", byName.keySet())));
            }
        }
        if (wanted.isEmpty()) {
            throw new InputException("the endpoint serves no model");
        }
        return wanted.stream()
                .map(name -> new Candidate(byName.get(name), notes.get(name)))
                .toList();
    }
}
