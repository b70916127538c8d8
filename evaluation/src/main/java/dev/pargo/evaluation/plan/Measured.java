package dev.pargo.evaluation.plan;

import dev.pargo.evaluation.input.InputException;
import dev.pargo.evaluation.plan.AnswerTimes.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Times of the stages in seconds, taken from results of {@code ./pargo bench --json}.
 *
 * @param outsideText    time of a text-only request outside the forward passes
 * @param outsidePicture time of a request with a picture outside the forward passes
 * @param encode         of one picture
 * @param project        of one picture
 * @param prefillText    of a prompt without a picture
 * @param prefillPicture of a prompt with a picture
 * @param steps          steps of the decoder, by the number of answers that are written at once
 */
record Measured(
        double outsideText,
        double outsidePicture,
        double encode,
        double project,
        double prefillText,
        double prefillPicture,
        List<Step> steps) {

    /**
     * Reads three measurements.
     *
     * @param text     text only, answers of one token, one at a time
     * @param pictures new pictures, otherwise the same
     * @param answers  text only, longer answers, at several levels of concurrency
     */
    static Measured read(Path text, Path pictures, Path answers) throws IOException {
        JsonNode alone = single(text);
        JsonNode seeing = single(pictures);
        if (stage(seeing, "encode_ms") == 0) {
            throw new InputException("%s: its pictures were known to the gateway; measure with PARGO_VISUAL_CACHE=0"
                    .formatted(pictures));
        }
        double prefill = stage(alone, "network_ms");
        double prefillPicture = prefill * promptTokens(seeing) / promptTokens(alone);
        double vision = Math.max(0, stage(seeing, "network_ms") - prefillPicture);
        double encodeShare = stage(seeing, "encode_ms") / (stage(seeing, "encode_ms") + stage(seeing, "project_ms"));
        double outside = clientTotal(alone) - prefill;
        return new Measured(
                outside,
                clientTotal(seeing) - stage(seeing, "network_ms"),
                vision * encodeShare,
                vision * (1 - encodeShare),
                prefill,
                prefillPicture,
                steps(answers, prefill, outside));
    }

    private static List<Step> steps(Path answers, double prefill, double outside) throws IOException {
        List<Step> steps = new ArrayList<>();
        for (JsonNode run : runs(answers)) {
            int level = Integer.parseInt(run.path("load").asString());
            double tokens = mean(run, "completion_tokens");
            steps.add(new Step(level, Math.max(1e-6, (clientTotal(run) - outside - level * prefill) / tokens)));
        }
        steps.sort(Comparator.comparingInt(Step::answers));
        return steps;
    }

    private static JsonNode single(Path file) throws IOException {
        return runs(file).stream()
                .filter(run -> run.path("load").asString().equals("1"))
                .findFirst()
                .orElseThrow(() -> new InputException("%s has no run with --concurrency 1".formatted(file)));
    }

    static List<JsonNode> runs(Path file) throws IOException {
        try {
            List<JsonNode> runs = JsonMapper.shared()
                    .readTree(Files.readString(file))
                    .path("runs")
                    .valueStream()
                    .filter(run -> run.path("answered").asInt() > 0)
                    .toList();
            if (runs.isEmpty() || runs.stream().anyMatch(run -> !run.has("stages"))) {
                throw new InputException(
                        "%s is no result of ./pargo bench --json on this project's gateway".formatted(file));
            }
            return runs;
        } catch (JacksonException e) {
            throw new InputException("%s is not JSON".formatted(file));
        }
    }

    private static double stage(JsonNode run, String name) {
        return run.path("stages").path(name).asDouble() / 1e3;
    }

    private static double clientTotal(JsonNode run) {
        return run.path("total_ms").path("mean").asDouble() / 1e3;
    }

    private static double promptTokens(JsonNode run) {
        return mean(run, "prompt_tokens");
    }

    static double mean(JsonNode run, String field) {
        return run.path("requests")
                .valueStream()
                .filter(request -> !request.has("error"))
                .mapToDouble(request -> request.path(field).asDouble())
                .average()
                .orElse(0);
    }
}
