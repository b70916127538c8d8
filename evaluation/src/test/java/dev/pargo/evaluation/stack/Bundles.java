package dev.pargo.evaluation.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Model bundles for the tests. */
public final class Bundles {

    /** The bundle that ships with the project. */
    public static final Path PARGO_MINI = Repository.file("bundle/pargo-mini");

    private Bundles() {}

    /**
     * Makes a copy of pargo-mini that never ends an answer by itself: its end token is one that it never writes. It has
     * a long context and a revision of its own.
     */
    public static Path tireless(Path directory) throws IOException {
        Path llm = Files.createDirectories(directory.resolve("llm"));
        for (String file : List.of("vision.pt", "pargo.pt", "llm/model.safetensors", "llm/tokenizer.model")) {
            Files.copy(PARGO_MINI.resolve(file), directory.resolve(file));
        }
        edit("pargo-mini.json", directory.resolve("bundle.json"), manifest -> manifest.put("revision", "tireless"));
        edit("llm/config.json", llm.resolve("config.json"), config -> config.put("max_position_embeddings", 4096));
        edit(
                "llm/generation_config.json",
                llm.resolve("generation_config.json"),
                config -> config.put("eos_token_id", 0));
        return directory;
    }

    private static void edit(String file, Path copy, Consumer<ObjectNode> change) throws IOException {
        JsonMapper json = JsonMapper.shared();
        ObjectNode content = (ObjectNode) json.readTree(Files.readAllBytes(PARGO_MINI.resolve(file)));
        change.accept(content);
        Files.write(copy, json.writeValueAsBytes(content));
    }
}
