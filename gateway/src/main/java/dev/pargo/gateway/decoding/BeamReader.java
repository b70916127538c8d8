package dev.pargo.gateway.decoding;

import static dev.pargo.gateway.decoding.DecodingFields.BEAM_LENGTH_RULE;
import static dev.pargo.gateway.decoding.DecodingFields.BEST_OF;
import static dev.pargo.gateway.decoding.DecodingFields.EARLY_STOPPING;
import static dev.pargo.gateway.decoding.DecodingFields.LENGTH_PENALTY;
import static dev.pargo.gateway.decoding.DecodingFields.NUM_BEAMS;
import static dev.pargo.gateway.decoding.DecodingFields.USE_BEAM_SEARCH;

import dev.pargo.gateway.json.Values;
import dev.pargo.proto.v1.BeamSearch;
import org.jspecify.annotations.Nullable;

/**
 * Reads whether a request asks for beam search, and its parameters. The fields may be Hugging Face's ({@code num_beams}
 * above 1) or vLLM's ({@code use_beam_search} with {@code best_of}).
 */
final class BeamReader {

    private final Values request;
    private final int maxBeams;

    BeamReader(Values request, int maxBeams) {
        this.request = request;
        this.maxBeams = maxBeams;
    }

    /** The search; null for none. */
    @Nullable
    BeamSearch read() {
        int numBeams = Bounds.atMost(NUM_BEAMS, request.get(NUM_BEAMS, 1L), maxBeams);
        if (!request.get(USE_BEAM_SEARCH, numBeams > 1)) {
            refuseBeamFields(numBeams);
            return null;
        }
        return BeamSearch.newBuilder()
                .setBeams(beams())
                .setLengthPenalty(request.get(LENGTH_PENALTY, 1.0).floatValue())
                .setEarlyStopping(request.is(EARLY_STOPPING))
                .setNewerLengthRule(request.get(BEAM_LENGTH_RULE, "pinned").equals("newer"))
                .build();
    }

    private int beams() {
        @Nullable Long bestOf = request.get(BEST_OF);
        @Nullable Long numBeams = request.get(NUM_BEAMS);
        if (bestOf == null && numBeams == null) {
            throw Bounds.invalid("num_beams", "num_beams is missing: beam search needs it, or best_of");
        }
        if (bestOf != null && numBeams != null && !bestOf.equals(numBeams)) {
            throw Bounds.invalid("best_of", "best_of must be the same as num_beams");
        }
        return numBeams != null ? numBeams.intValue() : Bounds.atMost(BEST_OF, request.get(BEST_OF, 1L), maxBeams);
    }

    private void refuseBeamFields(int numBeams) {
        refuse("num_beams", numBeams > 1);
        refuse("best_of", request.get(BEST_OF, 1L) != 1);
        refuse("length_penalty", request.get(LENGTH_PENALTY, 1.0) != 1);
        refuse("early_stopping", request.is(EARLY_STOPPING));
        refuse("beam_length_rule", request.has(BEAM_LENGTH_RULE));
    }

    private static void refuse(String field, boolean matters) {
        if (matters) {
            throw Bounds.invalid(
                    field, field + " has no effect without beam search: ask for it with use_beam_search or num_beams");
        }
    }
}
