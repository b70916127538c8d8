package dev.pargo.gateway.decoding;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.proto.v1.AnswerFormat;
import dev.pargo.proto.v1.ContentPart;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.PromptSegment;
import dev.pargo.proto.v1.RequestLimits;
import java.util.Collection;
import java.util.stream.Stream;

/**
 * Refuses requests beyond the limits that the LLM has described, and names the limit. Otherwise the LLM would refuse
 * them only after all the work on their pictures.
 */
public final class ModelLimits {

    /** Bytes of a message for parts that are not counted separately: keys, ids, control tokens. */
    private static final int MESSAGE_SLACK = 64 * 1024;

    private final RequestLimits limits;

    private ModelLimits(RequestLimits limits) {
        this.limits = limits;
    }

    /**
     * Checks sizes, and whether the model has the features that are asked for.
     *
     * @param field the field with the prompt, for error messages
     * @throws GatewayException INVALID_REQUEST, naming the field and its limit, or the feature
     */
    public static void check(String field, GenerateStart start, LlmDescription llm) {
        new ModelLimits(llm.getLimits()).check(field, start);
        MissingFeatures.refuse(start, llm);
        long bytes = start.getSerializedSize();
        long most = llm.getIdentity().getMaxMessageBytes() - MESSAGE_SLACK;
        if (llm.getIdentity().getMaxMessageBytes() > 0 && bytes > most) {
            throw GatewayException.invalid(
                    field,
                    "context_length_exceeded",
                    "%s and the other fields have %d bytes, the limit of the model is %d"
                            .formatted(field, bytes, most));
        }
    }

    private void check(String field, GenerateStart decoding) {
        long text = textBytes(decoding);
        if (exceeds(text, limits.getPromptBytes())) {
            throw GatewayException.invalid(
                    field,
                    "context_length_exceeded",
                    "%s: there are %d bytes of text, the limit of the model is %d"
                            .formatted(field, text, limits.getPromptBytes()));
        }
        atMost("stop", decoding.getStopCount(), limits.getStopStrings(), "strings");
        atMost("stop", longest(decoding.getStopList()), limits.getStopStringBytes(), "bytes in a string");
        atMost("stop_token_ids", decoding.getStopTokenIdsCount(), limits.getStopTokenIds(), "ids");
        atMost("logit_bias", decoding.getSampling().getLogitBiasCount(), limits.getLogitBiases(), "tokens");
        AnswerFormat.Choices choices = decoding.getFormat().getOneOf();
        atMost("guided_choice", choices.getStringsCount(), limits.getChoiceStrings(), "strings");
        atMost("guided_choice", longest(choices.getStringsList()), limits.getChoiceStringBytes(), "bytes in a string");
        atMost("guided_choice", choices.getSerializedSize(), limits.getChoiceBytes(), "bytes");
    }

    private static long textBytes(GenerateStart start) {
        Stream<String> said = start.getConversation().getMessagesList().stream()
                .flatMap(message -> message.getContentList().stream())
                .map(ContentPart::getText);
        Stream<String> plain = start.getPromptList().stream().map(PromptSegment::getMarkedText);
        return Stream.concat(said, plain).mapToLong(ModelLimits::utf8Bytes).sum();
    }

    private static int longest(Collection<String> strings) {
        return strings.stream().mapToInt(ModelLimits::utf8Bytes).max().orElse(0);
    }

    /** Bytes of a text in UTF-8. Its surrogates are paired. */
    private static int utf8Bytes(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            bytes += unit < 0x80 ? 1 : unit < 0x800 || Character.isSurrogate(unit) ? 2 : 3;
        }
        return bytes;
    }

    private static void atMost(String field, int value, int most, String what) {
        if (exceeds(value, most)) {
            throw Bounds.invalid(field, "%s may have at most %d %s with this model".formatted(field, most, what));
        }
    }

    /** A limit of 0 means that the LLM has not described it. */
    private static boolean exceeds(long value, int limit) {
        return limit > 0 && value > limit;
    }
}
