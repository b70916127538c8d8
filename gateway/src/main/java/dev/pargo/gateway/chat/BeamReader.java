package dev.pargo.gateway.chat;

import static java.util.Objects.requireNonNullElse;

import dev.pargo.proto.v1.BeamSearch;
import org.jspecify.annotations.Nullable;

/**
 * Reads whether a request wants beam search, and how. It may ask in Hugging Face's words, {@code num_beams} above 1, or
 * in vLLM's, {@code use_beam_search} with {@code best_of}.
 */
final class BeamReader {

    private static final int MAX_LENGTH_PENALTY = 10;

    private final ChatRequest request;
    private final int maxBeams;

    BeamReader(ChatRequest request, int maxBeams) {
        this.request = request;
        this.maxBeams = maxBeams;
    }

    /** The search; null for none. */
    @Nullable
    BeamSearch read() {
        int numBeams = Bounds.between("num_beams", requireNonNullElse(request.numBeams(), 1), 1, maxBeams);
        if (!requireNonNullElse(request.useBeamSearch(), numBeams > 1)) {
            refuseBeamFields(numBeams);
            return null;
        }
        return BeamSearch.newBuilder()
                .setBeams(beams())
                .setLengthPenalty((float) Bounds.between(
                        "length_penalty",
                        requireNonNullElse(request.lengthPenalty(), 1.0),
                        -MAX_LENGTH_PENALTY,
                        MAX_LENGTH_PENALTY))
                .setEarlyStopping(Boolean.TRUE.equals(request.earlyStopping()))
                .setNewerLengthRule(newerLengthRule())
                .build();
    }

    private int beams() {
        @Nullable Integer bestOf = request.bestOf();
        @Nullable Integer numBeams = request.numBeams();
        if (bestOf == null && numBeams == null) {
            throw Bounds.invalid("num_beams", "num_beams is missing: beam search needs it, or best_of");
        }
        if (bestOf != null && numBeams != null && !bestOf.equals(numBeams)) {
            throw Bounds.invalid("best_of", "best_of must be the same as num_beams");
        }
        return numBeams != null ? numBeams : Bounds.between("best_of", requireNonNullElse(bestOf, 1), 1, maxBeams);
    }

    private boolean newerLengthRule() {
        return switch (requireNonNullElse(request.beamLengthRule(), "pinned")) {
            case "pinned" -> false;
            case "newer" -> true;
            default -> throw Bounds.invalid("beam_length_rule", "beam_length_rule must be pinned or newer");
        };
    }

    private void refuseBeamFields(int numBeams) {
        refuse("num_beams", numBeams > 1);
        refuse("best_of", requireNonNullElse(request.bestOf(), 1) != 1);
        refuse("length_penalty", requireNonNullElse(request.lengthPenalty(), 1.0) != 1);
        refuse("early_stopping", Boolean.TRUE.equals(request.earlyStopping()));
        refuse("beam_length_rule", request.beamLengthRule() != null);
    }

    private static void refuse(String field, boolean matters) {
        if (matters) {
            throw Bounds.invalid(
                    field, field + " has no effect without beam search: ask for it with use_beam_search or num_beams");
        }
    }
}
