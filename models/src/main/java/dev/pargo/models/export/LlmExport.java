package dev.pargo.models.export;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.llm.PublishedDecoder;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.weights.CheckpointException;
import dev.pargo.models.weights.MergedRows;
import dev.pargo.models.weights.ShardedWriter;
import dev.pargo.models.weights.WrittenTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The LLM of a bundle as a directory in Hugging Face's layout, with its adapter merged in and its tokenizer, for
 * programs that do not know the bundle. Rows are read and written one by one, so the memory that it takes is that of
 * one adapter matrix.
 */
public final class LlmExport {

    private static final long SHARD_BYTES = 5_000_000_000L;

    private static final List<String> TOKENIZER_FILES = List.of(
            "tokenizer.json",
            "tokenizer.model",
            "vocab.json",
            "merges.txt",
            "added_tokens.json",
            "special_tokens_map.json");

    private static final String TOKENIZER_CONFIG = "tokenizer_config.json";

    private final ModelBundle bundle;
    private final StoredNetwork<DecoderConfig> stored;
    private final PublishedDecoder decoder;
    private final DType dtype;

    /**
     * @param dtype type of the weights; null for that of the stored embedding table
     * @throws ConfigException if the LLM cannot be written this way
     * @throws CheckpointException if the weights do not fit the LLM
     */
    public LlmExport(ModelBundle bundle, @Nullable DType dtype) {
        this.bundle = bundle;
        this.stored = bundle.llm();
        this.decoder = new PublishedDecoder(stored.config());
        stored.check();
        stored.adapter().requireAddition();
        String embedding = decoder.tensors().get(0).parameter();
        this.dtype = dtype == null ? stored.checkpoint().get(embedding).dtype() : dtype;
    }

    /** Bytes of all weights. */
    public long bytes() {
        return written().stream().mapToLong(WrittenTensor::bytes).sum();
    }

    /** Type of the written weights. */
    public DType dtype() {
        return dtype;
    }

    /**
     * Writes the directory.
     *
     * @param directory new or empty
     * @param progress  receives numbers of written bytes
     * @throws CheckpointException if it is not empty, or cannot be written
     */
    public void write(Path directory, LongConsumer progress) {
        Map<String, PublishedDecoder.Tensor> byName = decoder.tensors().stream()
                .collect(Collectors.toMap(PublishedDecoder.Tensor::name, Function.identity()));
        try {
            Files.createDirectories(directory);
            try (Stream<Path> files = Files.list(directory)) {
                if (files.findAny().isPresent()) {
                    throw new CheckpointException("%s is not empty; name a new directory".formatted(directory));
                }
            }
            writeSettings(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + directory, e);
        }
        ShardedWriter.write(directory, written(), SHARD_BYTES, (tensor, out) -> {
            PublishedDecoder.Tensor source = byName.get(tensor.name());
            MergedRows rows = new MergedRows(stored.checkpoint(), stored.adapter(), source.parameter());
            source.runs().forEach(run -> rows.write(run.first(), run.count(), dtype, out));
            progress.accept(tensor.bytes());
        });
    }

    private List<WrittenTensor> written() {
        return decoder.tensors().stream()
                .map(tensor -> new WrittenTensor(tensor.name(), dtype, tensor.shape()))
                .toList();
    }

    private void writeSettings(Path directory) throws IOException {
        ObjectNode config = decoder.config().put("torch_dtype", dtype.name().toLowerCase(Locale.ROOT));
        Files.writeString(directory.resolve("config.json"), config.toPrettyString());
        Path tokenizer = bundle.tokenizerDirectory();
        for (String file : TOKENIZER_FILES) {
            if (Files.exists(tokenizer.resolve(file))) {
                Files.copy(tokenizer.resolve(file), directory.resolve(file));
            }
        }
        if (Files.exists(tokenizer.resolve(TOKENIZER_CONFIG))) {
            ObjectNode settings =
                    (ObjectNode) JsonMapper.shared().readTree(Files.readAllBytes(tokenizer.resolve(TOKENIZER_CONFIG)));
            // Code beside the weights is not copied. InternLM2's own class reads the same file as Llama's.
            settings.remove("auto_map");
            if (settings.path("tokenizer_class").asString("").startsWith("InternLM2")) {
                settings.put("tokenizer_class", "LlamaTokenizer");
            }
            Files.writeString(directory.resolve(TOKENIZER_CONFIG), settings.toPrettyString());
        }
    }
}
