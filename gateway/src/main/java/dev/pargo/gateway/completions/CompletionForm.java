package dev.pargo.gateway.completions;

import dev.pargo.gateway.exchange.FinishWord;
import dev.pargo.gateway.exchange.ResponseHead;
import dev.pargo.gateway.exchange.TimingsMillis;
import dev.pargo.gateway.exchange.Usage;
import dev.pargo.gateway.exchange.WholeAnswer;
import dev.pargo.proto.v1.GenerateStart;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes one completion as JSON.
 *
 * @param echoes   text that is put before the answers to each prompt
 * @param decoding how the answers to each prompt are written
 */
record CompletionForm(ResponseHead head, List<String> echoes, GenerateStart decoding) {

    private static final JsonMapper JSON = JsonMapper.shared();

    CompletionResponse whole(List<WholeAnswer.Written> written, Usage usage, TimingsMillis timings) {
        List<CompletionResponse.Choice> choices = new ArrayList<>();
        for (WholeAnswer.Written choice : written) {
            int index = choices.size();
            choices.add(new CompletionResponse.Choice(
                    index,
                    echo(index) + choice.text(),
                    decoding.hasTopLogprobs() ? new OldLogprobs.Writer().of(choice.logprobs()) : null,
                    FinishWord.of(choice.reason())));
        }
        return response(choices, usage, timings);
    }

    byte[] chunk(CompletionResponse.Choice choice) {
        return JSON.writeValueAsBytes(response(List.of(choice), null, null));
    }

    byte[] lastChunk(Usage usage, TimingsMillis timings) {
        return JSON.writeValueAsBytes(response(List.of(), usage, timings));
    }

    /** A chunk of a stream that ends with usage: until then it is null. */
    byte[] chunkBeforeUsage(CompletionResponse.Choice choice) {
        return JSON.writeValueAsBytes(new CompletionResponse.BeforeUsage(
                id(),
                CompletionResponse.OBJECT,
                head.created(),
                head.model(),
                head.systemFingerprint(),
                List.of(choice),
                null));
    }

    /** The text before a choice. */
    String echo(int choice) {
        return echoes.get(choice / decoding.getChoices());
    }

    /** Of all prompts. */
    int choices() {
        return echoes.size() * decoding.getChoices();
    }

    private CompletionResponse response(
            List<CompletionResponse.Choice> choices, @Nullable Usage usage, @Nullable TimingsMillis timings) {
        return new CompletionResponse(
                id(),
                CompletionResponse.OBJECT,
                head.created(),
                head.model(),
                head.systemFingerprint(),
                choices,
                usage,
                timings);
    }

    private String id() {
        return "cmpl-" + head.id();
    }
}
