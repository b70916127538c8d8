package dev.pargo.llm.grpc;

import dev.pargo.llm.constraint.TokenConstraint;
import dev.pargo.llm.engine.BeamSearchParams;
import dev.pargo.llm.engine.Capabilities;
import dev.pargo.llm.engine.GenerationRequest;
import dev.pargo.llm.engine.Penalties;
import dev.pargo.llm.engine.PromptKeys;
import dev.pargo.llm.engine.RequestOrigin;
import dev.pargo.llm.engine.VisualWeights;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.SamplingParams;
import dev.pargo.models.llm.Step;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.RequestBounds;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.AnswerFormat;
import dev.pargo.proto.v1.BeamSearch;
import dev.pargo.proto.v1.Conversation;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.RequestLimits;
import dev.pargo.proto.v1.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads a request: values out of range are refused at once, and the rest is prepared when the request is complete. */
final class RequestReader {

    private final GenerateStart start;
    private final LlmHost host;

    /** @throws io.grpc.StatusRuntimeException INVALID_FIELD naming the field and its range */
    RequestReader(GenerateStart start, LlmHost host) {
        this.start = start;
        this.host = host;
        check(start.getSampling());
        require(start.getMaxTokens() >= 0, "max_tokens", start.getMaxTokens(), "at least 0");
        require(start.getMinTokens() >= 0, "min_tokens", start.getMinTokens(), "at least 0");
        require(
                start.getAdapter().isEmpty() || adapter() != Step.BASE,
                "adapter",
                "'%s'".formatted(start.getAdapter()),
                "one of " + host.description().getAdaptersList());
        RequestLimits limits = host.description().getLimits();
        requireAtMost(limits.getStopTokenIds(), "stop_token_ids", start.getStopTokenIdsCount(), "ids");
        int lastId = host.description().getVocabulary() - 1;
        for (int id : start.getStopTokenIdsList()) {
            require(within(id, 0, lastId), "stop_token_ids", "with " + id, "of ids up to " + lastId);
        }
        requireAtMost(limits.getStopStrings(), "stop", start.getStopCount(), "strings");
        for (int i = 0; i < start.getStopCount(); i++) {
            int bytes = start.getStopBytes(i).size();
            require(bytes > 0, "stop", "\"\"", "not empty");
            requireAtMost(limits.getStopStringBytes(), "stop[%d]".formatted(i), bytes, "bytes");
        }
        int most = host.generator().maxSequences();
        require(within(start.getChoices(), 0, most), "choices", start.getChoices(), "between 1 and " + most);
        require(
                within(start.getTopLogprobs(), 0, limits.getTopLogprobs()),
                "top_logprobs",
                start.getTopLogprobs(),
                "between 0 and " + limits.getTopLogprobs());
        check(start.getFormat().getOneOf(), limits);
        if (start.hasBeamSearch()) {
            int beams = start.getBeamSearch().getBeams();
            require(within(beams, 1, most), "beams", beams, "between 1 and " + most);
            require(start.getChoices() <= 1, "choices", start.getChoices(), "1 with beam search");
            require(!start.hasTopLogprobs(), "top_logprobs", start.getTopLogprobs(), "absent with beam search");
            require(penalties().equals(Penalties.NONE), "penalties or logit_bias", "set", "absent with beam search");
            require(start.getMinTokens() == 0, "min_tokens", start.getMinTokens(), "0 with beam search");
            require(!start.getVisualAttention(), "visual_attention", "set", "absent with beam search");
        }
        requireCapabilities(host.generator().capabilities());
        require(!start.hasBeamSearch() || !start.hasFormat(), "format", "set", "absent with beam search");
    }

    private void requireCapabilities(Capabilities can) {
        String absent = "absent: this service has no such feature";
        require(can.beamSearch() || !start.hasBeamSearch(), "beam_search", "set", absent);
        require(can.visualAttention() || !start.getVisualAttention(), "visual_attention", "set", absent);
        float penalty = start.getSampling().getRepetitionPenalty();
        require(
                can.repetitionPenaltyWithPictures()
                        || start.getVisualTokensCount() == 0
                        || penalty == 0
                        || penalty == 1,
                "repetition_penalty",
                penalty,
                "1 with pictures: this service has no such feature");
    }

    private static void check(AnswerFormat.Choices choices, RequestLimits limits) {
        String field = "format.one_of";
        requireAtMost(limits.getChoiceStrings(), field, choices.getStringsCount(), "strings");
        int all = 0;
        for (int i = 0; i < choices.getStringsCount(); i++) {
            int bytes = choices.getStringsBytes(i).size();
            requireAtMost(limits.getChoiceStringBytes(), "%s[%d]".formatted(field, i), bytes, "bytes");
            all += bytes;
        }
        requireAtMost(limits.getChoiceBytes(), field, all, "bytes");
    }

    private void check(Sampling sampling) {
        requireBetween(0, RequestBounds.TEMPERATURE, "temperature", sampling.getTemperature());
        require(sampling.getTopK() >= 0, "top_k", sampling.getTopK(), "at least 0");
        requireBetween(0, 1, "top_p", sampling.getTopP());
        requireBetween(0, 1, "min_p", sampling.getMinP());
        requireBetween(0, RequestBounds.REPETITION_PENALTY, "repetition_penalty", sampling.getRepetitionPenalty());
        requireWithin(RequestBounds.PENALTY, "presence_penalty", sampling.getPresencePenalty());
        requireWithin(RequestBounds.PENALTY, "frequency_penalty", sampling.getFrequencyPenalty());
        int lastId = host.description().getVocabulary() - 1;
        requireAtMost(
                host.description().getLimits().getLogitBiases(), "logit_bias", sampling.getLogitBiasCount(), "tokens");
        sampling.getLogitBiasMap().forEach((id, bias) -> {
            require(within(id, 0, lastId), "logit_bias", "for token " + id, "for tokens up to " + lastId);
            requireWithin(RequestBounds.LOGIT_BIAS, "logit_bias[%d]".formatted(id), bias);
        });
    }

    private static void requireWithin(int most, String field, float value) {
        requireBetween(-most, most, field, value);
    }

    private static void requireBetween(int least, int most, String field, float value) {
        require(within(value, least, most), field, value, "between %d and %d".formatted(least, most));
    }

    /** Bytes of the request without its tensors. */
    int size() {
        return start.getSerializedSize();
    }

    /**
     * Tokenises the prompt and compiles the format, which takes a time in proportion to their length.
     *
     * @param visuals the tensors that the prompt refers to
     */
    GenerationRequest request(RequestOrigin origin, List<PictureRows> visuals, long deadline) {
        List<PromptPart> prompt =
                host.prompts().read(start, visuals, host.description().getContextTokens() - 1);
        boolean continues = continues(prompt);
        return new GenerationRequest(
                origin,
                prompt,
                PromptKeys.of(prompt, adapter(), start.getCacheSalt()),
                continues,
                adapter(),
                Math.max(1, start.getChoices()),
                sampling(),
                penalties(),
                beams(),
                start.getSampling().hasSeed()
                        ? start.getSampling().getSeed()
                        : ThreadLocalRandom.current().nextLong(),
                start.getMinTokens(),
                start.getMaxTokens() == 0 ? host.defaultMaxTokens() : start.getMaxTokens(),
                start.getStopList(),
                stopIds(),
                start.hasTopLogprobs() ? start.getTopLogprobs() : null,
                start.getVisualAttention() ? new VisualWeights(prompt) : null,
                constraint(continues),
                start.hasFormat() ? start.getFormat() : null,
                start.getCacheSalt(),
                deadline);
    }

    /** Whether a text stands just before the answer: the end of a raw prompt, or what an assistant has begun. */
    private boolean continues(List<PromptPart> prompt) {
        if (start.hasConversation()) {
            Conversation conversation = start.getConversation();
            return conversation.getContinues()
                    && conversation.getMessages(conversation.getMessagesCount() - 1).getContentList().stream()
                            .anyMatch(part -> !part.getText().isEmpty());
        }
        return prompt.get(prompt.size() - 1) instanceof PromptPart.Tokens end
                && host.tokenizer().bytes(end.ids()[end.length() - 1]).length > 0;
    }

    /** The number of the adapter that answers; {@link Step#BASE} for the model itself, or if the name is unknown. */
    private int adapter() {
        return host.description().getAdaptersList().indexOf(start.getAdapter());
    }

    private SamplingParams sampling() {
        Sampling sampling = start.getSampling();
        return new SamplingParams(
                sampling.getTemperature(),
                sampling.getTopK(),
                sampling.getTopP() == 0 ? 1 : sampling.getTopP(),
                sampling.getMinP());
    }

    private Penalties penalties() {
        Sampling sampling = start.getSampling();
        return new Penalties(
                sampling.getRepetitionPenalty() == 0 ? 1 : sampling.getRepetitionPenalty(),
                sampling.getPresencePenalty(),
                sampling.getFrequencyPenalty(),
                sampling.getLogitBiasMap());
    }

    private @Nullable BeamSearchParams beams() {
        if (!start.hasBeamSearch()) {
            return null;
        }
        BeamSearch beams = start.getBeamSearch();
        return new BeamSearchParams(
                beams.getBeams(), beams.getLengthPenalty(), beams.getEarlyStopping(), beams.getNewerLengthRule());
    }

    private @Nullable Supplier<TokenConstraint> constraint(boolean continues) {
        return start.hasFormat() ? host.constraints().of(start.getFormat(), continues) : null;
    }

    private List<Integer> stopIds() {
        List<Integer> ids = new ArrayList<>(start.getIgnoreEos() ? List.of() : host.endIds());
        ids.addAll(start.getStopTokenIdsList());
        return ids;
    }

    private static boolean within(double value, double least, double most) {
        return value >= least && value <= most;
    }

    private static void requireAtMost(int most, String field, int given, String unit) {
        require(given <= most, field, "of %d %s".formatted(given, unit), "of at most " + most);
    }

    private static void require(boolean condition, String field, Object value, String range) {
        if (!condition) {
            throw new StageError(ErrorReason.INVALID_FIELD, "%s is %s, but must be %s".formatted(field, value, range))
                    .toException();
        }
    }
}
