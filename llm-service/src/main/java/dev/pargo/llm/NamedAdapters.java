package dev.pargo.llm;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.weights.LoraAdapter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The LoRA adapters that requests choose from. They are not merged into the weights, so requests with different adapters share
 * each step.
 *
 * @param byName in the order of their numbers
 */
record NamedAdapters(Map<String, LoraAdapter> byName) {

    /**
     * Opens adapters.
     *
     * @param settings each {@code name=directory}; PEFT saved the adapter in the directory
     * @throws ConfigException if a setting has another form, or two adapters have the same name
     */
    static NamedAdapters open(List<String> settings) {
        Map<String, LoraAdapter> byName = new LinkedHashMap<>();
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            Path directory = Path.of(setting.substring(equals + 1).strip());
            String name = setting.substring(0, Math.max(0, equals)).strip();
            if (name.isEmpty() || !Files.isDirectory(directory)) {
                throw new ConfigException(
                        "pargo.llm.adapters has '%s', but each must be a name, an equals sign and the directory of a PEFT adapter"
                                .formatted(setting));
            }
            if (byName.put(name, ModelBundle.openAdapter(directory)) != null) {
                throw new ConfigException("pargo.llm.adapters has two adapters named '%s'".formatted(name));
            }
        }
        return new NamedAdapters(byName);
    }

    List<String> names() {
        return List.copyOf(byName.keySet());
    }

    List<LoraAdapter> all() {
        return List.copyOf(byName.values());
    }
}
