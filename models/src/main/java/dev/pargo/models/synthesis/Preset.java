package dev.pargo.models.synthesis;

import dev.pargo.models.bundle.BundlePart;
import dev.pargo.models.tensor.DType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The content of a preset's directory. The sizes of its networks come from the same documents that serving reads. A
 * preset lists only tensors that are published but not used.
 *
 * @param description one line for people
 * @param documents   JSON files by their path
 * @param tokenizer   its tokenizer
 * @param weights     files of tensors
 */
record Preset(String description, Map<String, ObjectNode> documents, Tokenizer tokenizer, List<Weights> weights) {

    private static final List<String> NAMES = List.of(
            "pargo-internlm2-7b",
            "pargo-base-internlm2-7b",
            "llava-1.5-7b",
            "llava-onevision-0.5b",
            "smolvlm-256m",
            "internvl3-1b",
            "qwen2.5-vl-3b",
            "qwen3-vl-2b",
            "gemma3-4b",
            "smol-135m",
            "llama-1b");

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .build();

    /**
     * A tokenizer of the published size. The published vocabularies are not part of this project.
     *
     * @param path    relative to the preset's directory
     * @param tokens  size of a {@link WordTokenizer}; absent: the SentencePiece model of pargo-mini
     * @param control ids of its control tokens, as published
     */
    record Tokenizer(
            String path, @Nullable Integer tokens, @Nullable Map<String, Integer> control) {}

    /**
     * One file of torch's, or a directory of Hugging Face's.
     *
     * @param path       relative to the preset's directory
     * @param dtype      of the parts that name none
     * @param shardBytes most bytes of tensors in a shard of a directory; absent: it is a file
     */
    record Weights(String path, DType dtype, @Nullable Long shardBytes, List<Part> parts) {}

    /**
     * Tensors, from one of three sources.
     *
     * @param network  a network, which knows its tensors itself
     * @param lora     an adapter of the LLM
     * @param tensors  shapes by name, for those that no network here uses
     * @param prefix   is put before the names; an asterisk in it becomes the number of the repetition
     * @param replaces beginning of names that the prefix replaces; other names stay
     * @param repeat   how often {@code tensors} occur
     */
    record Part(
            @Nullable BundlePart network,
            @Nullable Lora lora,
            @Nullable Map<String, long[]> tensors,
            @Nullable String prefix,
            @Nullable String replaces,
            @Nullable DType dtype,
            @Nullable Integer repeat) {}

    /**
     * An adapter.
     *
     * @param target end of the names of the modules that it updates
     */
    record Lora(int rank, String target) {}

    /** The names of all presets. */
    static List<String> names() {
        return NAMES;
    }

    /** @param name one of {@link #names} */
    static Preset named(String name) {
        try (InputStream resource = Preset.class.getResourceAsStream("/presets/" + name + ".json")) {
            return read(resource);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Preset read(@Nullable InputStream json) {
        return JSON.readValue(json, Preset.class);
    }
}
