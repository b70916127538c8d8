package dev.pargo.llm.engine;

import dev.pargo.llm.constraint.TokenConstraint;
import dev.pargo.llm.engine.GenerationListener.Piece;
import dev.pargo.models.llm.LogitAdjustment;
import dev.pargo.models.llm.SampleLogprobs;
import dev.pargo.models.llm.SamplingParams;
import dev.pargo.models.tokenizer.Detokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One answer that is drawn token by token. Belongs to the device's thread. */
final class Sequence {

    private static final int[] NO_GUESSES = {};

    private final int choice;
    private final GenerationRequest request;
    private final int room;
    private final AnswerText text;
    private final TokenHistory history;
    private final @Nullable TokenConstraint constraint;
    private final @Nullable PromptLookup lookup;
    private final SplittableRandom random;
    private final SequenceGroup generation;

    private final List<Integer> ids = new ArrayList<>();
    private int[] guesses = NO_GUESSES;
    private int rightGuesses;
    private boolean complete;

    /**
     * @param room   positions that the answer may take in its slot
     * @param random of this answer alone
     */
    Sequence(
            int choice,
            SequenceGroup generation,
            int room,
            Detokenizer detokenizer,
            SplittableRandom random,
            boolean looksUp) {
        this.choice = choice;
        this.generation = generation;
        this.request = generation.request();
        this.room = Math.min(room, request.maxTokens());
        this.text = new AnswerText(detokenizer, request.stop());
        this.history = new TokenHistory(request.penalties(), request.prompt());
        this.constraint =
                request.constraint() == null ? null : request.constraint().get();
        this.random = random;
        this.lookup = looksUp && isPlain() ? new PromptLookup(request.keys()) : null;
    }

    /** True if the next token is simply the most probable one. */
    boolean isPlain() {
        return request.sampling().isGreedy()
                && request.penalties().isNone()
                && constraint == null
                && ids.size() >= request.minTokens();
    }

    /** The last token, and guesses of what follows it: the rows of the next step. */
    int[] nextRows() {
        guesses = lookup == null ? NO_GUESSES : lookup.guess(room - ids.size() - 1);
        int[] rows = new int[guesses.length + 1];
        rows[0] = ids.get(ids.size() - 1);
        System.arraycopy(guesses, 0, rows, 1, guesses.length);
        return rows;
    }

    /** Rows that the next tokens are drawn from. */
    int rows() {
        return guesses.length + 1;
    }

    SamplingParams sampling() {
        return request.sampling();
    }

    double nextUniform() {
        return random.nextDouble();
    }

    /** Alternatives to report with each token; -1 to report nothing. */
    int topLogprobs() {
        return request.topLogprobs() == null ? -1 : request.topLogprobs();
    }

    /** This answer could not take what was drawn. */
    void broke(RuntimeException cause) {
        generation.broke(cause);
    }

    List<LogitAdjustment> adjustments(int row) {
        List<Integer> forbidden = ids.size() < request.minTokens() ? request.stopIds() : List.of();
        return history.adjustments(row, forbidden);
    }

    /** Tokens that may come next, or null for all. */
    @Nullable
    BitSet allowed() {
        if (constraint == null) {
            return null;
        }
        BitSet allowed = (BitSet) constraint.allowed().clone();
        if (constraint.mayEnd()) {
            request.stopIds().forEach(allowed::set);
        }
        return allowed;
    }

    /**
     * Takes what was drawn: the next token, and behind every guess that it proves right the token after that.
     *
     * @param logprobs one for each row, or none
     */
    void accept(int[] drawn, List<SampleLogprobs> logprobs) {
        int count = 0;
        StringBuilder certain = new StringBuilder();
        StopReason reason = null;
        while (reason == null) {
            int id = drawn[count];
            boolean guessed = count < guesses.length && guesses[count] == id;
            count++;
            certain.append(append(id));
            reason = finishReason(id);
            if (!guessed) {
                break;
            }
            rightGuesses++;
        }
        if (lookup != null) {
            lookup.took(Arrays.copyOf(drawn, count), guesses.length);
        }
        guesses = NO_GUESSES;
        if (reason != null) {
            complete = true;
            certain.append(text.finish());
        }
        generation.onText(new Piece(
                choice,
                certain.toString(),
                Arrays.copyOf(drawn, count),
                logprobs.isEmpty() ? List.of() : logprobs.subList(0, count),
                reason));
    }

    private String append(int id) {
        ids.add(id);
        history.add(id);
        if (request.stopIds().contains(id)) {
            return "";
        }
        if (constraint != null) {
            constraint.accept(id);
        }
        return text.append(id, ids.size() >= request.minTokens());
    }

    private @Nullable StopReason finishReason(int id) {
        boolean longEnough = ids.size() >= request.minTokens();
        boolean exhausted = constraint != null && constraint.allowed().isEmpty();
        if (longEnough && (request.stopIds().contains(id) || text.stopped()) || exhausted) {
            return StopReason.STOP;
        }
        return ids.size() >= room ? StopReason.LENGTH : null;
    }

    boolean isComplete() {
        return complete;
    }

    int tokens() {
        return ids.size();
    }

    int rightGuesses() {
        return rightGuesses;
    }

    /** Tokens whose keys and values the network has computed: all but the last. */
    long[] written() {
        return ids.stream()
                .limit(Math.max(0, ids.size() - 1))
                .mapToLong(Integer::longValue)
                .toArray();
    }
}
