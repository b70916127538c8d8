package dev.pargo.llm.engine;

import dev.pargo.llm.engine.GenerationListener.Piece;
import dev.pargo.models.llm.LogitAdjustment;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.tokenizer.Detokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One answer that is sampled token by token. Belongs to the device's thread. */
final class Sequence {

    private final int index;
    private final GenerationRequest request;
    private final Set<Integer> stopIds;
    private final int limit;
    private final AnswerText text;
    private final TokenHistory history;
    private final @Nullable PreparedConstraint constraint;
    private final @Nullable PromptLookup lookup;
    private final RandomStream random;

    private final List<Integer> ids = new ArrayList<>();
    private int acceptedDrafts;
    private boolean complete;

    /**
     * @param index      among the sequences of its request
     * @param room       largest number of tokens
     * @param constraint of this sequence alone; null for none
     * @param looksUp    whether tokens may be drafted by prompt lookup
     */
    Sequence(
            int index,
            GenerationRequest request,
            int room,
            Detokenizer detokenizer,
            @Nullable PreparedConstraint constraint,
            boolean looksUp) {
        this.index = index;
        this.request = request;
        this.stopIds = Set.copyOf(request.stopIds());
        this.limit = Math.min(room, request.maxTokens());
        this.text = new AnswerText(detokenizer, request.stop());
        this.history = new TokenHistory(request.penalties(), request.prompt());
        this.constraint = constraint;
        this.random = new RandomStream(request.seed() + index);
        this.lookup = looksUp && isGreedy() ? new PromptLookup(request.keys()) : null;
    }

    int index() {
        return index;
    }

    /** True if the next token is the most probable one. */
    private boolean isGreedy() {
        return request.sampling().isGreedy()
                && request.penalties().isNone()
                && constraint == null
                && ids.size() >= request.minTokens();
    }

    /** The rows of the next step: the last token and the drafts after it. */
    int[] nextTokens() {
        int[] drafts = lookup == null ? new int[0] : lookup.draft(limit - ids.size() - 1);
        int[] tokens = new int[drafts.length + 1];
        tokens[0] = ids.get(ids.size() - 1);
        System.arraycopy(drafts, 0, tokens, 1, drafts.length);
        return tokens;
    }

    /**
     * How the next tokens are drawn.
     *
     * @param firstRow row of the logits for the next token; one more row follows for each draft
     * @param drafts   drafted tokens that the step verified
     */
    Sampler.Draw draw(int firstRow, int[] drafts) {
        boolean mayStop = ids.size() >= request.minTokens();
        List<LogitAdjustment> adjustments = history.adjustments(mayStop ? Set.of() : stopIds);
        double[] uniforms = new double[drafts.length + 1];
        Arrays.setAll(uniforms, i -> random.at(ids.size() + i));
        return new Sampler.Draw(
                this,
                firstRow,
                drafts,
                isGreedy(),
                request.sampling(),
                adjustments,
                constraint == null ? null : constraint.allowed(),
                uniforms,
                topLogprobs());
    }

    /** Alternatives to report with each token; -1 to report nothing. */
    private int topLogprobs() {
        return request.topLogprobs() == null ? -1 : request.topLogprobs();
    }

    /**
     * Applies the drawn tokens: the next token, and one more token after every draft that proves right.
     *
     * @param logits that it was drawn from
     */
    Piece append(Sampler.Drawn drawn, Logits logits) {
        int[] drafts = drawn.draw().drafts();
        int count = 0;
        StringBuilder certain = new StringBuilder();
        StopReason reason = null;
        while (reason == null) {
            int id = drawn.ids()[count];
            boolean confirmed = count < drafts.length && drafts[count] == id;
            count++;
            certain.append(append(id));
            reason = stopReason(id);
            if (!confirmed) {
                break;
            }
            acceptedDrafts++;
        }
        int[] taken = Arrays.copyOf(drawn.ids(), count);
        if (lookup != null) {
            lookup.learn(taken, drafts.length);
        }
        if (reason != null) {
            complete = true;
            certain.append(text.finish());
        }
        return new Piece(
                index,
                certain.toString(),
                taken,
                drawn.logprobs().isEmpty() ? List.of() : drawn.logprobs().subList(0, count),
                attention(drawn.draw().firstRow(), count, logits),
                reason);
    }

    private List<float[]> attention(int firstRow, int rows, Logits logits) {
        @Nullable VisualWeights attention = request.attention();
        if (attention == null) {
            return List.of();
        }
        return IntStream.range(firstRow, firstRow + rows)
                .mapToObj(row -> logits.attention(row).map(attention::of).orElse(new float[0]))
                .toList();
    }

    private String append(int id) {
        ids.add(id);
        history.add(id);
        if (stopIds.contains(id)) {
            return "";
        }
        if (constraint != null) {
            constraint.accept(id);
        }
        return text.append(id, ids.size() >= request.minTokens());
    }

    private @Nullable StopReason stopReason(int id) {
        boolean mayStop = ids.size() >= request.minTokens();
        boolean exhausted = constraint != null && constraint.isComplete();
        if (mayStop && (stopIds.contains(id) || text.stopped()) || exhausted) {
            return StopReason.STOP;
        }
        return ids.size() >= limit ? StopReason.LENGTH : null;
    }

    boolean isComplete() {
        return complete;
    }

    int tokens() {
        return ids.size();
    }

    /** Number of drafted tokens that were accepted. */
    int acceptedDrafts() {
        return acceptedDrafts;
    }

    /** All tokens. */
    int[] ids() {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Tokens whose keys and values the network has computed: all but the last. */
    int[] cachedIds() {
        return Arrays.copyOf(ids(), Math.max(0, ids.size() - 1));
    }
}
