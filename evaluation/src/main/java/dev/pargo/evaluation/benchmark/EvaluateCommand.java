package dev.pargo.evaluation.benchmark;

import dev.pargo.evaluation.benchmark.exam.Exam;
import dev.pargo.evaluation.benchmark.exam.ExamOptions;
import dev.pargo.evaluation.benchmark.exam.ExamQuestion;
import dev.pargo.evaluation.benchmark.exam.ExamRun;
import dev.pargo.evaluation.benchmark.exam.Grades;
import dev.pargo.evaluation.benchmark.exam.Journal;
import dev.pargo.evaluation.client.ChatClient;
import dev.pargo.evaluation.client.EndpointOptions;
import dev.pargo.evaluation.client.ExtraFields;
import dev.pargo.evaluation.client.PatientChat;
import dev.pargo.evaluation.progress.ProgressBar;
import dev.pargo.evaluation.question.Match;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Asks a model a benchmark's questions and scores the answers. An interrupted run continues where it stopped. */
@Command(
        name = "evaluate",
        description = "Asks a model a benchmark's questions and scores the answers.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class EvaluateCommand implements Callable<Integer> {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final int ATTEMPTS = 30;
    private static final int SHOWN_REFUSALS = 5;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "BENCHMARK",
            converter = Benchmark.Converter.class,
            description = "mme, mmbench, seed-bench or jsonl.")
    private Benchmark benchmark;

    @Option(names = "--data", required = true, paramLabel = "PATH", description = "The benchmark's folder or file.")
    private Path data;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder for answers and scores.")
    private Path out;

    @Mixin
    private EndpointOptions endpoint;

    @Option(names = "--model", description = "Model to ask; default: the endpoint's first.")
    private @Nullable String model;

    @Option(names = "--parallel", defaultValue = "4", description = "Concurrent questions; default: ${DEFAULT-VALUE}.")
    private int parallel;

    @Option(
            names = "--decoding",
            defaultValue = "greedy",
            description = "greedy, or reference: ParGo's public evaluation, four beams; default: ${DEFAULT-VALUE}.")
    private Decoding decoding;

    @Option(
            names = "--answer-tokens",
            defaultValue = "100",
            description = "Most tokens of an answer; default: ${DEFAULT-VALUE}.")
    private int answerTokens;

    @Option(
            names = "--instruction",
            paramLabel = "TEXT",
            description = "Added to every question on a separate line; default: the benchmark's; empty for none.")
    private @Nullable String instruction;

    @Option(names = "--circular", description = "mmbench: ask every question once for each rotation of its options.")
    private boolean circular;

    @Option(
            names = "--match",
            defaultValue = "exact",
            description = "jsonl: exact, yes_no or contains, if a question does not say; default: ${DEFAULT-VALUE}.")
    private Match match;

    @Mixin
    private ExtraFields fields;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Exam exam = benchmark.read(new ExamOptions(data, instruction, match, circular));
        List<ExamQuestion> questions = exam.questions();
        ChatClient client = endpoint.connect();
        String asked = EndpointOptions.model(client, model);
        Files.createDirectories(out);
        try (Journal journal = Journal.open(out.resolve("answers.jsonl"), benchmark.label(), asked)) {
            List<String> refusals = ask(questions, new PatientChat(client, ATTEMPTS), asked, journal);
            Grades grades = exam.grade(journal.answers(), out);
            JsonNode scores = JsonNodeFactory.instance
                    .objectNode()
                    .put("benchmark", benchmark.label())
                    .put("model", asked)
                    .put("unanswered", refusals.size())
                    .set("scores", grades.json());
            Files.write(out.resolve("scores.json"), JSON.writeValueAsBytes(scores));
            spec.commandLine().getOut().print(grades.text());
            spec.commandLine().getOut().flush();
            tell(refusals);
            return refusals.isEmpty() ? 0 : 1;
        }
    }

    private List<String> ask(List<ExamQuestion> questions, PatientChat chat, String asked, Journal journal)
            throws IOException, InterruptedException {
        Map<String, JsonNode> parameters = decoding.fields();
        parameters.put("max_tokens", IntNode.valueOf(answerTokens));
        parameters.putAll(fields.parse());
        int done = (int) questions.stream().filter(journal::has).count();
        try (ProgressBar progress =
                new ProgressBar(spec.commandLine().getErr(), benchmark.label(), done, questions.size())) {
            return new ExamRun(chat, asked, parameters, parallel, progress::step).ask(questions, journal);
        }
    }

    private void tell(List<String> refusals) {
        PrintWriter err = spec.commandLine().getErr();
        if (!refusals.isEmpty()) {
            err.printf(
                    "%d questions have no answer and count as wrong; the same command asks them again%n",
                    refusals.size());
            refusals.stream().limit(SHOWN_REFUSALS).forEach(refusal -> err.printf("  %s%n", refusal));
        }
    }
}
