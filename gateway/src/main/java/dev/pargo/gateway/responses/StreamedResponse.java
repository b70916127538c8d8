package dev.pargo.gateway.responses;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.exchange.Answer;
import dev.pargo.gateway.exchange.AnswerWriter;
import dev.pargo.gateway.exchange.TimingsMillis;
import dev.pargo.gateway.exchange.TokenProbability;
import dev.pargo.gateway.exchange.Usage;
import dev.pargo.gateway.inference.Generation;
import dev.pargo.gateway.responses.ResponseObject.Part;
import dev.pargo.proto.v1.FinishReason;
import dev.pargo.proto.v1.TextDelta;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A response as server-sent events, with OpenAI's names and order of events: one message with one text. */
final class StreamedResponse implements Answer {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final ResponseForm form;
    private final AnswerWriter out;
    private final StringBuilder text = new StringBuilder();
    private final List<TokenProbability> logprobs = new ArrayList<>();
    private FinishReason reason = FinishReason.STOP;
    private boolean begun;
    private int sequence;

    StreamedResponse(ResponseForm form, AnswerWriter out) {
        this.form = form;
        this.out = out;
    }

    @Override
    public void begin(Generation generation) throws IOException {
        out.beginStream();
        ResponseObject response = form.begun();
        event("response.created", Map.of("response", response));
        event("response.in_progress", Map.of("response", response));
        event("response.output_item.added", item(form.item("in_progress", List.of())));
        event("response.content_part.added", part(Map.of("part", Part.of("", List.of()))));
    }

    /** The events of the beginning may be sent before an LLM has written any text. */
    @Override
    public boolean hasBegun(int firstChoice, int choices) {
        return begun;
    }

    @Override
    public void discard(int firstChoice, int choices) {}

    @Override
    public void add(int choice, TextDelta delta) throws IOException {
        begun = true;
        List<TokenProbability> tokens = TokenProbability.of(delta.getLogprobsList());
        text.append(delta.getText());
        logprobs.addAll(tokens);
        if (delta.getFinishReason() != FinishReason.FINISH_REASON_UNSPECIFIED) {
            reason = delta.getFinishReason();
        }
        if (!tokens.isEmpty() || !delta.getText().isEmpty()) {
            event("response.output_text.delta", part(Map.of("delta", delta.getText(), "logprobs", tokens)));
        }
    }

    @Override
    public void end(Usage usage, TimingsMillis timings) throws IOException {
        Part whole = Part.of(text.toString(), logprobs);
        String status = ResponseForm.status(reason);
        event("response.output_text.done", part(Map.of("text", whole.text(), "logprobs", logprobs)));
        event("response.content_part.done", part(Map.of("part", whole)));
        event("response.output_item.done", item(form.item(status, List.of(whole))));
        event("response." + status, Map.of("response", form.ended(whole, reason, usage, timings)));
    }

    @Override
    public void fail(GatewayException failure) throws IOException {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("code", failure.code());
        error.put("message", failure.getMessage());
        error.put("param", failure.param());
        event("error", error);
    }

    private static Map<String, Object> item(ResponseObject.Item item) {
        return Map.of("output_index", 0, "item", item);
    }

    private Map<String, Object> part(Map<String, Object> members) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("item_id", form.itemId());
        event.put("output_index", 0);
        event.put("content_index", 0);
        event.putAll(members);
        return event;
    }

    private void event(String type, Map<String, ? extends @Nullable Object> members) throws IOException {
        Map<String, @Nullable Object> event = new LinkedHashMap<>();
        event.put("type", type);
        event.put("sequence_number", sequence++);
        event.putAll(members);
        out.event(type, JSON.writeValueAsBytes(event));
    }
}
