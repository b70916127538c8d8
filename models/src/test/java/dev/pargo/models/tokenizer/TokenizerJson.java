package dev.pargo.models.tokenizer;

import dev.pargo.models.config.JsonConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Builds small {@code tokenizer.json} files as the families publish them. */
final class TokenizerJson {

    private static final JsonMapper JSON = new JsonMapper();

    /** Llama 3's pattern for cutting text into words. */
    private static final String WORDS =
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private final ObjectNode root = JSON.createObjectNode().put("version", "1.0");
    private final ObjectNode model = JSON.createObjectNode().put("type", "BPE");
    private final ObjectNode vocabulary = model.putObject("vocab");
    private final ArrayNode merges = model.putArray("merges");
    private final ArrayNode added = root.putArray("added_tokens");

    /** Byte-level BPE as Llama 3 and Qwen2 have it; the 256 bytes are the first ids. */
    static TokenizerJson byteLevel() {
        TokenizerJson json = new TokenizerJson();
        for (int value = 0; value < 256; value++) {
            json.token(ofByte(value));
        }
        ArrayNode steps =
                json.root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
        steps.addObject()
                .put("type", "Split")
                .put("behavior", "Isolated")
                .put("invert", false)
                .putObject("pattern")
                .put("Regex", WORDS);
        steps.addObject()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", false);
        json.root
                .putObject("decoder")
                .put("type", "ByteLevel")
                .put("add_prefix_space", true)
                .put("trim_offsets", true)
                .put("use_regex", true);
        return json;
    }

    /** BPE over characters with a prefix and bytes to fall back on, as Llama 2's conversion has it. */
    static TokenizerJson pieces() {
        TokenizerJson json = new TokenizerJson();
        json.model.put("unk_token", "<unk>").put("fuse_unk", true).put("byte_fallback", true);
        json.token("<unk>").token("<s>").token("</s>");
        json.added(0, "<unk>", true).added(1, "<s>", true).added(2, "</s>", true);
        IntStream.range(0, 256).forEach(value -> json.token("<0x%02X>".formatted(value)));
        ArrayNode normalizers =
                json.root.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
        normalizers.addObject().put("type", "Prepend").put("prepend", "▁");
        normalizers
                .addObject()
                .put("type", "Replace")
                .put("content", "▁")
                .putObject("pattern")
                .put("String", " ");
        ArrayNode decoders =
                json.root.putObject("decoder").put("type", "Sequence").putArray("decoders");
        decoders.addObject()
                .put("type", "Replace")
                .put("content", " ")
                .putObject("pattern")
                .put("String", "▁");
        decoders.addObject().put("type", "ByteFallback");
        decoders.addObject().put("type", "Fuse");
        decoders.addObject()
                .put("type", "Strip")
                .put("content", " ")
                .put("start", 1)
                .put("stop", 0);
        return json;
    }

    /** Unigram with a space before every text, as T5's and XLM-R's conversions have it. */
    static TokenizerJson unigram() {
        TokenizerJson json = new TokenizerJson();
        json.model.put("type", "Unigram").put("unk_id", 0).put("byte_fallback", true);
        json.token("<unk>").token("<s>").token("</s>");
        json.added(0, "<unk>", true).added(1, "<s>", true).added(2, "</s>", true);
        IntStream.range(0, 256).forEach(value -> json.token("<0x%02X>".formatted(value)));
        json.root
                .putObject("pre_tokenizer")
                .put("type", "Metaspace")
                .put("replacement", "▁")
                .put("prepend_scheme", "always")
                .put("split", true);
        ArrayNode decoders =
                json.root.putObject("decoder").put("type", "Sequence").putArray("decoders");
        decoders.addObject().put("type", "ByteFallback");
        decoders.addObject()
                .put("type", "Metaspace")
                .put("replacement", "▁")
                .put("prepend_scheme", "always")
                .put("split", true);
        return json;
    }

    /** WordPiece as BERT has it. */
    static TokenizerJson wordPiece() {
        TokenizerJson json = new TokenizerJson();
        json.model
                .put("type", "WordPiece")
                .put("unk_token", "[UNK]")
                .put("continuing_subword_prefix", "##")
                .put("max_input_chars_per_word", 100);
        json.token("[UNK]").token("[CLS]").added(0, "[UNK]", true).added(1, "[CLS]", true);
        json.root
                .putObject("normalizer")
                .put("type", "BertNormalizer")
                .put("clean_text", true)
                .put("handle_chinese_chars", true)
                .putNull("strip_accents")
                .put("lowercase", true);
        json.root.putObject("pre_tokenizer").put("type", "WhitespaceSplit");
        json.root
                .putObject("decoder")
                .put("type", "WordPiece")
                .put("prefix", "##")
                .put("cleanup", true);
        return json;
    }

    /** The character of a byte in GPT-2's table, written out by its definition. */
    private static String ofByte(int value) {
        IntStream printable = IntStream.concat(
                IntStream.rangeClosed('!', '~'),
                IntStream.concat(IntStream.rangeClosed('¡', '¬'), IntStream.rangeClosed('®', 'ÿ')));
        int[] self = printable.toArray();
        int others = 0;
        for (int b = 0; b < 256; b++) {
            int candidate = b;
            boolean isSelf = IntStream.of(self).anyMatch(c -> c == candidate);
            if (b == value) {
                return Character.toString(isSelf ? b : 256 + others);
            }
            others += isSelf ? 0 : 1;
        }
        throw new IllegalArgumentException();
    }

    TokenizerJson token(String text) {
        vocabulary.put(text, vocabulary.size());
        return this;
    }

    /** A merge of two tokens, whose result gets the next id. */
    TokenizerJson merge(String left, String right) {
        merges.add(left + " " + right);
        return token(left + right);
    }

    /** A merge of two tokens to one that is there already. */
    TokenizerJson mergeTo(String left, String right) {
        merges.add(left + " " + right);
        return this;
    }

    TokenizerJson added(int id, String content, boolean special) {
        added.addObject()
                .put("id", id)
                .put("content", content)
                .put("special", special)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false);
        return this;
    }

    /**
     * Settings that put a special token before every text, truncate it to two tokens and pad it. The library must
     * ignore them here.
     */
    TokenizerJson withTemplate(String token, int id) {
        ObjectNode template = root.putObject("post_processor").put("type", "TemplateProcessing");
        ArrayNode single = template.putArray("single");
        single.addObject().putObject("SpecialToken").put("id", token).put("type_id", 0);
        single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        template.putArray("pair");
        ObjectNode special =
                template.putObject("special_tokens").putObject(token).put("id", token);
        special.putArray("ids").add(id);
        special.putArray("tokens").add(token);
        root.putObject("truncation")
                .put("direction", "Right")
                .put("max_length", 2)
                .put("strategy", "LongestFirst")
                .put("stride", 0);
        root.putObject("padding")
                .put("direction", "Right")
                .put("pad_id", id)
                .put("pad_token", token)
                .put("pad_type_id", 0)
                .putNull("pad_to_multiple_of")
                .putObject("strategy")
                .put("Fixed", 64);
        return this;
    }

    /** A Unigram model's vocabulary is a list; the longer of two ways to cut a text has the better score here. */
    ObjectNode root() {
        root.set("model", model);
        if (model.path("type").asString().equals("Unigram")) {
            ArrayNode list = model.putArray("vocab");
            vocabulary
                    .propertyNames()
                    .forEach(token -> list.addArray().add(token).add(-10.0 - 1.0 / token.length()));
        }
        return root;
    }

    Path write(Path directory) throws IOException {
        return Files.writeString(directory.resolve("tokenizer.json"), root().toString());
    }

    Tokenizer open(Path directory) throws IOException {
        return new FastTokenizer(JsonConfig.read(write(directory)));
    }
}
