package dev.pargo.models.family;

import dev.pargo.models.chat.DialogueMessage;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.weights.Checkpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One conversation with a small complete model, and the results of transformers. Models are discovered in the directory
 * that the system property {@code pargo.families} names, which may hold any subset of them.
 *
 * @param folder    holds the model, its pictures and its golden tensors
 * @param described the conversation's section of case.json
 */
public record FamilyCase(Path folder, JsonNode described) {

    private static final JsonMapper JSON = new JsonMapper();

    public static Path root() {
        return Path.of(System.getProperty("pargo.families", "src/test/families"));
    }

    /** Folders with a complete model. */
    public static List<Path> models() {
        Assumptions.assumeTrue(Files.isDirectory(root()), () -> "there is no " + root());
        try (Stream<Path> folders = Files.list(root())) {
            List<Path> models = folders.filter(folder -> Files.exists(folder.resolve("model/config.json")))
                    .sorted()
                    .toList();
            Assumptions.assumeFalse(models.isEmpty(), () -> root() + " has no models");
            return models;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static List<FamilyCase> of(Path folder) {
        List<FamilyCase> cases = new ArrayList<>();
        for (JsonNode described : describe(folder).get("cases")) {
            cases.add(new FamilyCase(folder, described));
        }
        return cases;
    }

    private static JsonNode describe(Path folder) {
        try {
            return JSON.readTree(Files.readAllBytes(folder.resolve("case.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String name() {
        return described.get("name").asString();
    }

    public String prompt() {
        return described.get("prompt").asString();
    }

    public List<Path> images() {
        List<Path> images = new ArrayList<>();
        for (JsonNode image : described.path("images")) {
            images.add(folder.resolve("images").resolve(image.asString() + ".png"));
        }
        return images;
    }

    /** The conversation. */
    public List<DialogueMessage> messages() {
        List<DialogueMessage> messages = new ArrayList<>();
        for (JsonNode message : described.get("messages")) {
            List<DialogueMessage.Part> content = new ArrayList<>();
            for (JsonNode part : message.get("content")) {
                content.add(
                        part.get("type").asString().equals("image")
                                ? new DialogueMessage.Picture()
                                : new DialogueMessage.Text(part.get("text").asString()));
            }
            messages.add(new DialogueMessage(message.get("role").asString(), content));
        }
        return messages;
    }

    /** Id of the placeholder of a visual token. */
    public int placeholderId() {
        return Published.read(folder).placeholder();
    }

    /** The prompt's ids, image placeholders expanded. */
    public int[] inputIds() {
        return ids("input_ids");
    }

    /** The ids of the greedy answer that were chosen with a clear margin. */
    public int[] exactIds() {
        int[] all = ids("generated_ids");
        return java.util.Arrays.copyOf(all, described.path("exact_tokens").asInt(all.length));
    }

    private int[] ids(String field) {
        int[] ids = new int[described.get(field).size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = described.get(field).get(i).asInt();
        }
        return ids;
    }

    private Checkpoint goldens() {
        return Checkpoint.open(folder.resolve("golden.safetensors"));
    }

    boolean has(String golden) {
        return goldens().tensors().containsKey(name() + "." + golden);
    }

    HostTensor golden(String tensor) {
        return goldens().read(name() + "." + tensor);
    }

    /** All image features, picture after picture. */
    List<HostTensor> imageFeatures() {
        List<HostTensor> features = new ArrayList<>();
        while (has("image_features." + features.size())) {
            features.add(golden("image_features." + features.size()));
        }
        return features;
    }
}
