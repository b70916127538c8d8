package dev.pargo.gateway.pipeline;

import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.StageIdentity;
import dev.pargo.proto.v1.TokenTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Decides whether three stages fit each other: each must accept the output of the one before. */
final class StageCompatibility {

    private StageCompatibility() {}

    /**
     * Returns everything that does not fit, one clause with the numbers for each; empty if the stages fit.
     *
     * @param sameBundle whether the stages must serve one revision of one bundle
     */
    static List<String> problems(
            EncoderDescription encoder, ProjectorDescription projector, LlmDescription llm, boolean sameBundle) {
        List<String> problems = new ArrayList<>();
        TokenTensor features = encoder.getOutput();
        TokenTensor input = projector.getInput();
        if (!tokens(features).equals(tokens(input)) || features.getWidth() != input.getWidth()) {
            problems.add("the encoder makes %s x %d features, the projector takes %s x %d"
                    .formatted(tokens(features), features.getWidth(), tokens(input), input.getWidth()));
        }
        TokenTensor output = projector.getOutput();
        TokenTensor visual = llm.getVisualInput();
        if (output.getWidth() != visual.getWidth()) {
            problems.add("the projector makes visual tokens of width %d, the LLM takes %d"
                    .formatted(output.getWidth(), visual.getWidth()));
        }
        compareTypes(problems, "encoder", features, "projector", input);
        compareTypes(problems, "projector", output, "LLM", visual);
        if (sameBundle) {
            compareBundles(problems, encoder.getIdentity(), projector.getIdentity(), llm.getIdentity());
        }
        return problems;
    }

    /** A number of tokens, or a range. */
    private static String tokens(TokenTensor tensor) {
        String most = String.valueOf(tensor.getTokens());
        return tensor.getMinTokens() == 0 ? most : tensor.getMinTokens() + ".." + most;
    }

    private static void compareTypes(
            List<String> problems, String maker, TokenTensor made, String taker, TokenTensor taken) {
        Set<DataType> accepted = Set.copyOf(taken.getDtypesList());
        if (!accepted.containsAll(made.getDtypesList())) {
            problems.add("the %s makes %s, the %s takes %s"
                    .formatted(maker, names(made.getDtypesList()), taker, names(taken.getDtypesList())));
        }
    }

    private static void compareBundles(List<String> problems, StageIdentity... stages) {
        Set<String> revisions = Stream.of(stages)
                .map(stage -> stage.getBundle() + "@" + stage.getBundleRevision())
                .collect(Collectors.toSet());
        if (revisions.size() > 1) {
            problems.add("encoder, projector and LLM serve different bundles (%s, %s, %s)"
                    .formatted(revision(stages[0]), revision(stages[1]), revision(stages[2])));
        }
    }

    private static String revision(StageIdentity stage) {
        String revision = stage.getBundleRevision();
        return stage.getBundle() + "@" + revision.substring(0, Math.min(12, revision.length()));
    }

    private static String names(List<DataType> types) {
        return types.stream().map(type -> type.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining(" or "));
    }
}
