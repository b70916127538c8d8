package dev.pargo.gateway.responses;

import dev.pargo.gateway.decoding.DecodingFields;
import dev.pargo.gateway.exchange.ResponseHead;
import dev.pargo.gateway.exchange.TimingsMillis;
import dev.pargo.gateway.exchange.TokenProbability;
import dev.pargo.gateway.exchange.Usage;
import dev.pargo.gateway.exchange.WholeAnswer;
import dev.pargo.gateway.json.Values;
import dev.pargo.gateway.responses.ResponseObject.FormatForm;
import dev.pargo.gateway.responses.ResponseObject.Incomplete;
import dev.pargo.gateway.responses.ResponseObject.InputDetails;
import dev.pargo.gateway.responses.ResponseObject.Item;
import dev.pargo.gateway.responses.ResponseObject.OutputDetails;
import dev.pargo.gateway.responses.ResponseObject.Part;
import dev.pargo.gateway.responses.ResponseObject.Used;
import dev.pargo.proto.v1.FinishReason;
import dev.pargo.proto.v1.GenerateStart;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds the JSON of one response.
 *
 * @param body     the request; a response repeats many of its fields
 * @param decoding how the answer is written
 */
record ResponseForm(ResponseHead head, Values body, GenerateStart decoding) {

    ResponseObject whole(List<WholeAnswer.Written> written, Usage usage, TimingsMillis timings) {
        WholeAnswer.Written answer = written.get(0);
        Part part = Part.of(answer.text(), TokenProbability.of(answer.logprobs()));
        return ended(part, answer.reason(), usage, timings);
    }

    /** The response before the answer has begun. */
    ResponseObject begun() {
        return object("in_progress", List.of(), null, null);
    }

    ResponseObject ended(Part part, FinishReason reason, Usage usage, TimingsMillis timings) {
        return object(status(reason), List.of(item(status(reason), List.of(part))), used(usage), timings);
    }

    Item item(String status, List<Part> content) {
        return Item.of(itemId(), status, content);
    }

    String itemId() {
        return "msg_" + head.id();
    }

    static String status(FinishReason reason) {
        return reason == FinishReason.LENGTH ? "incomplete" : "completed";
    }

    private ResponseObject object(
            String status, List<Item> output, @Nullable Used usage, @Nullable TimingsMillis timings) {
        return new ResponseObject(
                "resp_" + head.id(),
                "response",
                head.created(),
                status,
                false,
                null,
                status.equals("incomplete") ? new Incomplete("max_output_tokens") : null,
                body.get(ResponseFields.INSTRUCTIONS),
                maxOutputTokens(),
                head.model(),
                output,
                false,
                null,
                false,
                decoding.getSampling().getTemperature(),
                new ResponseObject.TextForm(format()),
                !body.get(ResponseFields.TOOLS, List.of()).isEmpty() ? "none" : "auto",
                List.of(),
                decoding.getTopLogprobs(),
                decoding.getSampling().getTopP(),
                "disabled",
                usage,
                body.get(ResponseFields.METADATA, Map.of()),
                timings);
    }

    private @Nullable Integer maxOutputTokens() {
        @Nullable Long asked = body.get(ResponseFields.MAX_OUTPUT_TOKENS);
        return asked == null ? null : Integer.valueOf(asked.intValue());
    }

    private FormatForm format() {
        @Nullable Values text = body.get(ResponseFields.TEXT);
        @Nullable Values format = text == null ? null : text.get(ResponseFields.FORMAT);
        if (format == null) {
            return new FormatForm("text", null, null);
        }
        String type = format.get(DecodingFields.FORMAT_TYPE, "text");
        boolean named = type.equals("json_schema");
        return new FormatForm(
                type,
                named ? format.get(ResponseFields.FORMAT_NAME, "schema") : null,
                named ? format.get(DecodingFields.SCHEMA) : null);
    }

    private static Used used(Usage usage) {
        return new Used(
                usage.promptTokens(),
                new InputDetails(
                        usage.promptTokensDetails().cachedTokens(),
                        0,
                        usage.visualTokens(),
                        usage.promptTokensDetails().cachedImages()),
                usage.completionTokens(),
                new OutputDetails(0),
                usage.totalTokens());
    }
}
