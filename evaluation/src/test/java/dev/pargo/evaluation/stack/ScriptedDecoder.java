package dev.pargo.evaluation.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a small decoder that writes the same text after every prompt in ChatML. Its layer adds nothing, and its head leads
 * from each token to the next one of the text: from the line feed before an answer to the first token, and from the last one
 * to the end.
 */
public final class ScriptedDecoder {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int WIDTH = 64;

    /** Ids: three of SentencePiece, then the 256 bytes, then the tokens that are added. */
    private static final int FIRST_BYTE = 3;

    private static final int LINE_FEED = FIRST_BYTE + '\n';
    private static final int START = FIRST_BYTE + 256;
    private static final int END = START + 1;

    private final List<String> text;
    private final int vocabulary;

    private ScriptedDecoder(List<String> text) {
        this.text = text;
        this.vocabulary = END + 1 + text.size();
    }

    /**
     * @param text     what it writes: one token each, none of them twice
     * @param template file with the chat template
     */
    public static Path make(List<String> text, Path template, Path directory) throws IOException {
        ScriptedDecoder decoder = new ScriptedDecoder(text);
        Files.createDirectories(directory);
        Files.write(directory.resolve("config.json"), JSON.writeValueAsBytes(decoder.config()));
        Files.write(directory.resolve("tokenizer.json"), JSON.writeValueAsBytes(decoder.tokenizer()));
        Files.copy(template, directory.resolve("chat_template.jinja"));
        Files.write(directory.resolve("model.safetensors"), decoder.weights());
        return directory;
    }

    private ObjectNode config() {
        ObjectNode config = JSON.createObjectNode()
                .put("model_type", "llama")
                .put("hidden_act", "silu")
                .put("hidden_size", WIDTH)
                .put("intermediate_size", WIDTH)
                .put("num_hidden_layers", 1)
                .put("num_attention_heads", 1)
                .put("num_key_value_heads", 1)
                .put("max_position_embeddings", 8192)
                .put("rms_norm_eps", 1e-5)
                .put("rope_theta", 10000.0)
                .put("tie_word_embeddings", false)
                .put("vocab_size", vocabulary)
                .put("bos_token_id", 1)
                .put("eos_token_id", END);
        config.putArray("architectures").add("LlamaForCausalLM");
        return config;
    }

    /** Bytes, as Llama 2's tokenizer falls back on them. The tokens of the text are added, but not special. */
    private ObjectNode tokenizer() {
        ObjectNode root = JSON.createObjectNode().put("version", "1.0");
        ArrayNode added = root.putArray("added_tokens");
        List<String> control = List.of("<unk>", "<s>", "</s>");
        IntStream.range(0, control.size()).forEach(id -> add(added, id, control.get(id), true));
        add(added, START, "<|im_start|>", true);
        add(added, END, "<|im_end|>", true);
        IntStream.range(0, text.size()).forEach(i -> add(added, END + 1 + i, text.get(i), false));
        root.putObject("normalizer").put("type", "Prepend").put("prepend", "▁");
        ArrayNode decoders = root.putObject("decoder").put("type", "Sequence").putArray("decoders");
        decoders.addObject().put("type", "ByteFallback");
        decoders.addObject().put("type", "Fuse");
        ObjectNode model = root.putObject("model")
                .put("type", "BPE")
                .put("unk_token", "<unk>")
                .put("fuse_unk", true)
                .put("byte_fallback", true);
        ObjectNode ids = model.putObject("vocab");
        IntStream.range(0, control.size()).forEach(id -> ids.put(control.get(id), id));
        IntStream.range(0, 256).forEach(value -> ids.put("<0x%02X>".formatted(value), FIRST_BYTE + value));
        model.putArray("merges");
        return root;
    }

    private static void add(ArrayNode added, int id, String content, boolean special) {
        added.addObject()
                .put("id", id)
                .put("content", content)
                .put("special", special)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false);
    }

    /** Everything that is not named here is zero, except the norms, which are one. */
    private byte[] weights() {
        List<Integer> chain = new ArrayList<>(List.of(LINE_FEED));
        IntStream.range(0, text.size()).forEach(i -> chain.add(END + 1 + i));
        chain.add(END);
        float[] embedding = new float[vocabulary * WIDTH];
        float[] head = new float[vocabulary * WIDTH];
        IntStream.range(0, vocabulary).forEach(id -> embedding[id * WIDTH + WIDTH - 1] = 1);
        for (int i = 0; i + 1 < chain.size(); i++) {
            embedding[chain.get(i) * WIDTH + WIDTH - 1] = 0;
            embedding[chain.get(i) * WIDTH + i] = 1;
            head[chain.get(i + 1) * WIDTH + i] = 10;
        }
        float[] ones = new float[WIDTH];
        Arrays.fill(ones, 1);
        ObjectNode header = JSON.createObjectNode();
        List<float[]> tensors = new ArrayList<>();
        add(header, tensors, "model.embed_tokens.weight", embedding, vocabulary, WIDTH);
        add(header, tensors, "lm_head.weight", head, vocabulary, WIDTH);
        add(header, tensors, "model.norm.weight", ones, WIDTH);
        String layer = "model.layers.0.";
        add(header, tensors, layer + "input_layernorm.weight", ones, WIDTH);
        add(header, tensors, layer + "post_attention_layernorm.weight", ones, WIDTH);
        for (String name : List.of("q", "k", "v", "o")) {
            add(header, tensors, layer + "self_attn." + name + "_proj.weight", new float[WIDTH * WIDTH], WIDTH, WIDTH);
        }
        for (String name : List.of("gate", "up", "down")) {
            add(header, tensors, layer + "mlp." + name + "_proj.weight", new float[WIDTH * WIDTH], WIDTH, WIDTH);
        }
        return file(header, tensors);
    }

    private static void add(ObjectNode header, List<float[]> tensors, String name, float[] values, int... shape) {
        int begin = tensors.stream().mapToInt(tensor -> tensor.length).sum() * Float.BYTES;
        ObjectNode entry = header.putObject(name).put("dtype", "F32");
        ArrayNode sizes = entry.putArray("shape");
        IntStream.of(shape).forEach(sizes::add);
        entry.putArray("data_offsets").add(begin).add(begin + values.length * Float.BYTES);
        tensors.add(values);
    }

    private static byte[] file(ObjectNode header, List<float[]> tensors) {
        byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
        int floats = tensors.stream().mapToInt(tensor -> tensor.length).sum();
        ByteBuffer file = ByteBuffer.allocate(Long.BYTES + text.length + floats * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text);
        for (float[] tensor : tensors) {
            for (float value : tensor) {
                file.putFloat(value);
            }
        }
        return file.array();
    }
}
