package dev.pargo.evaluation.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Model bundles for the tests. */
public final class Bundles {

    /** The bundle that ships with the project. */
    public static final Path PARGO_MINI = Repository.file("bundle/pargo-mini");

    private Bundles() {}

    /**
     * Makes a copy of pargo-mini with a context that long answers fit into, and a revision of its own.
     */
    public static Path longContext(Path directory) throws IOException {
        Path llm = Files.createDirectories(directory.resolve("llm"));
        for (String file : List.of(
                "vision.pt",
                "pargo.pt",
                "llm/model.safetensors",
                "llm/tokenizer.model",
                "llm/generation_config.json")) {
            Files.copy(PARGO_MINI.resolve(file), directory.resolve(file));
        }
        edit("pargo-mini.json", directory.resolve("bundle.json"), manifest -> manifest.put("revision", "long-context"));
        edit("llm/config.json", llm.resolve("config.json"), config -> config.put("max_position_embeddings", 4096));
        return directory;
    }

    /**
     * Makes a copy of pargo-mini with a few weights that are NaN.
     *
     * @param weights the file of these weights
     */
    public static Path withoutNumbers(String weights, Path directory) throws IOException {
        Path bundle = directory.resolve("pargo-mini");
        try (Stream<Path> files = Files.walk(PARGO_MINI)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = bundle.resolve(PARGO_MINI.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        byte[] bytes = Files.readAllBytes(bundle.resolve(weights));
        // In the middle of the file, and so of a layer. All bits set are NaN in every floating-point type.
        Arrays.fill(bytes, bytes.length / 2, bytes.length / 2 + 64, (byte) 0xff);
        Files.write(bundle.resolve(weights), bytes);
        return bundle;
    }

    /**
     * Makes a bundle of the files that the reference's own evaluation program was run on.
     *
     * @param fixture folder with {@code pytorch_model.bin} and {@code llm}
     */
    public static Path endToEnd(Path fixture, Path directory) throws IOException {
        String checkpoint = fixture.resolve("pytorch_model.bin").toString();
        Files.writeString(directory.resolve("bundle.json"), """
                {
                  "name": "end-to-end",
                  "image": {"size": 336, "patch_size": 14, "letterbox": 448, "convention": "reference"},
                  "vision": {"type": "EVAVisionTransformer", "file": "%s", "prefix": "visual_encoder.",
                             "width": 128, "layers": 2, "head_width": 64, "mlp_ratio": 2.6667},
                  "projector": {"type": "ParGo", "file": "%s", "num_query_token": 100, "num_local_query_token": 96,
                                "hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4,
                                "intermediate_size": 128, "encoder_width": 128, "cross_attention_freq": 1,
                                "max_position_embeddings": 128},
                  "llm": {"dir": "%s", "lora": {"file": "%s", "alpha": 16}},
                  "prompt": {"template": "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions. USER: <Img><ImageHere></Img> {question}\\nASSISTANT: "}
                }
                """.formatted(
                        checkpoint, checkpoint, fixture.resolve("llm"), checkpoint));
        return directory;
    }

    private static void edit(String file, Path copy, Consumer<ObjectNode> change) throws IOException {
        JsonMapper json = JsonMapper.shared();
        ObjectNode content = (ObjectNode) json.readTree(Files.readAllBytes(PARGO_MINI.resolve(file)));
        change.accept(content);
        Files.write(copy, json.writeValueAsBytes(content));
    }
}
