package dev.pargo.models.llm;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.pargo.models.network.Network;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.torch.NativeTensors;
import dev.pargo.models.torch.Placement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * A decoder-only language model loaded on a device. It embeds prompts and runs forward passes over a KV cache.
 *
 * <p>Only one thread at a time may run steps on the same cache. Everything else is thread-safe.
 */
public final class CausalLm implements AutoCloseable {

    private final DecoderConfig config;
    private final Network network;
    private final boolean batchesAttention;

    private CausalLm(DecoderConfig config, Network network, boolean batchesAttention) {
        this.config = config;
        this.network = network;
        this.batchesAttention = batchesAttention;
    }

    /**
     * Loads a decoder, with its adapter merged in, and the adapters that steps choose from beside it.
     *
     * @throws dev.pargo.models.weights.CheckpointException if the weights do not fit
     */
    public static CausalLm load(StoredNetwork<DecoderConfig> stored, Placement placement) {
        return load(stored, placement, placement.device().isGpu());
    }

    /**
     * The same with a choice of how decode rows attend.
     *
     * @param batchesAttention whether they attend in one batch by libtorch's fused attention, which is best on a GPU,
     *     or in sums over tables, which is best on a CPU
     */
    static CausalLm load(StoredNetwork<DecoderConfig> stored, Placement placement, boolean batchesAttention) {
        return new CausalLm(stored.config(), Network.load(stored, placement), batchesAttention);
    }

    public DecoderConfig config() {
        return config;
    }

    public Placement placement() {
        return network.placement();
    }

    /** Bytes that one token takes in a KV cache. */
    public long kvBytesPerToken() {
        return config.kvBytesPerToken(placement());
    }

    /**
     * Bytes of weights that every step reads, for any number of rows: all matrices except an embedding table that is
     * not also the output layer.
     */
    public long weightBytesPerStep() {
        return config.parameters().stream()
                .filter(config::isLinear)
                .mapToLong(parameter -> config.linearBytes(parameter, placement()))
                .sum();
    }

    /** How linear layers store their weights in this placement: {@code form} in linear.py. */
    public static long weightForm(Placement placement) {
        return WeightForm.of(placement).ordinal();
    }

    /** Allocates a cache of a number of pages. The caller closes it. */
    public KvCache newCache(int pages) {
        IValue tensors = network.call(
                "cache",
                arguments -> arguments.add(pages).add(KvCache.PAGE_TOKENS).add(blockTokens()));
        return new KvCache(network, tensors, pages);
    }

    /** The two kinds of attention want keys in different layouts. */
    private int blockTokens() {
        return batchesAttention ? 1 : KvCache.PAGE_TOKENS;
    }

    /** Embeds a prompt. The caller closes the result. */
    public PromptEmbedding embed(List<PromptPart> parts) {
        PtNDManager scope = network.newScope();
        try (PtNDManager inputs = network.newScope()) {
            List<PtNDArray> segments = new ArrayList<>();
            List<PtNDArray> visual = new ArrayList<>();
            for (PromptPart part : parts) {
                if (part instanceof PromptPart.Tokens tokens) {
                    segments.add(longs(inputs, Arrays.stream(tokens.ids()).asLongStream()));
                } else if (part instanceof PromptPart.Visual embeddings) {
                    segments.add(longs(inputs, LongStream.empty()));
                    visual.add(NativeTensors.fromHost(inputs, embeddings.tokens()));
                }
            }
            try (IValue rows = network.call(
                    "embed", arguments -> arguments.addAll(segments).addAll(visual))) {
                return new PromptEmbedding(scope, rows.toTensor(scope), PromptPositions.of(parts, config));
            }
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    /**
     * The beginning of a prefill chunk of a prompt, at or before a row: visual tokens that attend to each other in both
     * directions are read in one chunk.
     */
    public int chunkBegin(List<PromptPart> parts, int from) {
        return config.style().picturesSeeBack()
                ? PromptPositions.of(parts, config).chunkBegin(from)
                : from;
    }

    /**
     * Runs one forward pass and writes the keys and values of its rows into the cache.
     *
     * @return logits in the order of the step, possibly with no rows, with the attention of the watched rows. The
     *     caller closes them
     */
    public Logits step(KvCache cache, Step step) {
        StepRows rows = new StepRows(step, config.axes().count());
        List<PtNDArray> prompts =
                step.chunks().stream().map(chunk -> chunk.prompt().rows()).toList();
        long[] first = step.chunks().stream().mapToLong(Step.Chunk::from).toArray();
        PtNDManager scope = network.newScope();
        try (PtNDManager inputs = network.newScope()) {
            PtNDArray ids = longs(inputs, LongStream.of(rows.ids));
            PtNDArray tables = (PtNDArray) inputs.create(rows.tables);
            PtNDArray sequences = longs(inputs, LongStream.of(rows.sequences));
            PtNDArray addresses = longs(inputs, LongStream.of(rows.addresses));
            PtNDArray positions = (PtNDArray) inputs.create(rows.positions);
            long[] adapters =
                    rows.adapted.keySet().stream().mapToLong(Integer::longValue).toArray();
            List<PtNDArray> adapted = rows.adapted.values().stream()
                    .map(own -> longs(inputs, LongStream.of(own)))
                    .toList();
            PtNDArray wanted = longs(inputs, LongStream.of(rows.wanted));
            try (IValue result = network.call(
                    "step",
                    arguments -> arguments
                            .add(cache.tensors())
                            .addAll(prompts)
                            .add(first)
                            .add(rows.chunkRows)
                            .add(rows.chunkPast)
                            .add(rows.spans)
                            .add(batchesAttention ? rows.longest : 0)
                            .add(ids)
                            .add(tables)
                            .add(sequences)
                            .add(addresses)
                            .add(positions)
                            .add(adapters)
                            .addAll(adapted)
                            .add(wanted)
                            .add(rows.watched))) {
                PtNDArray[] parts = NativeTensors.tuple(scope, result);
                return new Logits(network, scope, parts[0], attention(step, rows, parts[1]));
            }
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    /** Divides the weights of all watched rows among them: a row attends to the tokens of its sequence up to itself. */
    private static Map<Integer, float[]> attention(Step step, StepRows rows, PtNDArray weights) {
        if (rows.watched.length == 0) {
            return Map.of();
        }
        float[] all = weights.toFloatArray();
        Map<Integer, float[]> byRow = new HashMap<>();
        int begin = 0;
        for (int i = 0; i < rows.watched.length; i++) {
            int end = begin + (int) rows.addresses[(int) rows.watched[i]] + 1;
            byRow.put(step.watched().get(i), Arrays.copyOfRange(all, begin, end));
            begin = end;
        }
        return byRow;
    }

    /** Logits after every token of a prompt, in row-major order: [tokens, vocabulary]. */
    public Logits score(PromptEmbedding prompt) {
        PtNDManager scope = network.newScope();
        PtNDArray positions = (PtNDArray) scope.create(prompt.positions().axes());
        long[] spans = prompt.positions().spans().stream()
                .flatMapToLong(span -> LongStream.of(0, span[0], span[1]))
                .toArray();
        try (IValue logits = network.call(
                "score",
                arguments -> arguments
                        .add(prompt.rows())
                        .add(positions)
                        .add(spans)
                        .add(KvCache.PAGE_TOKENS)
                        .add(blockTokens()))) {
            return new Logits(network, scope, logits.toTensor(scope), Map.of());
        }
    }

    private static PtNDArray longs(PtNDManager manager, LongStream values) {
        long[] array = values.toArray();
        return array.length == 0 ? manager.create(new Shape(0), DataType.INT64) : (PtNDArray) manager.create(array);
    }

    @Override
    public void close() {
        network.close();
    }
}
