package dev.pargo.models.weights;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads trained parts (connector, vision tower, LoRA) in the layouts of ParGo's code, and converts them to one naming.
 * Source of the layouts: {@code load_fusion_model} of ParGo's code.
 *
 * <table>
 * <caption>Layouts, in the order of the tests</caption>
 * <tr><th>layout</th><th>sign</th><th>what is taken</th></tr>
 * <tr><td>MiniGPT</td><td>{@code model} holds keys with {@code llama}</td><td>those, with {@code llm} for {@code llama}</td></tr>
 * <tr><td>Lightning</td><td>{@code state_dict}</td><td>all of it</td></tr>
 * <tr><td>plain</td><td>none of these</td><td>the file</td></tr>
 * </table>
 *
 * <p>DeepSpeed's {@code module.} is removed from the keys of the last two. Unlike the original code, this recognises a
 * layout by the content and not by the file's name; the original loads nothing from a renamed file.
 */
public final class FusionCheckpoint {

    private static final String LLAMA = "llama";

    /** A complete part of a dotted name. */
    private static final Pattern MODULE = Pattern.compile("(?<![^.])module\\.");

    private FusionCheckpoint() {}

    /**
     * Opens a fusion checkpoint; safetensors and directories are taken as plain.
     *
     * @throws CheckpointException as {@link Checkpoint#open}
     */
    public static Checkpoint open(Path path) {
        if (Files.isDirectory(path)) {
            return withoutModule(Checkpoint.open(path));
        }
        try (WeightFile file = WeightFile.open(path)) {
            String source = path.toString();
            if (FileFormat.of(file) == FileFormat.SAFETENSORS) {
                return withoutModule(new Checkpoint(source, Safetensors.read(file)));
            }
            TorchFile.Content content = TorchFile.read(file);
            Checkpoint miniGpt = new Checkpoint(source, content.nested().getOrDefault("model", Map.of()))
                    .filter(name -> name.contains(LLAMA));
            return miniGpt.tensors().isEmpty()
                    ? withoutModule(new Checkpoint(source, content.stateDict()))
                    : miniGpt.rename(name -> name.replace(LLAMA, "llm"));
        }
    }

    private static Checkpoint withoutModule(Checkpoint checkpoint) {
        return checkpoint.rename(name -> MODULE.matcher(name).replaceAll(""));
    }
}
