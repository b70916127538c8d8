package dev.pargo.evaluation.deployment;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import dev.pargo.evaluation.stack.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.Yaml;

/** The Helm chart, rendered by Helm's own code. */
public final class Chart {

    private static final Path DIRECTORY = Repository.file("deploy/helm/pargo");

    private Chart() {}

    /** The chart's files of values, one for each situation. */
    public static List<Path> situations() throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY.resolve("values"))) {
            return files.sorted().toList();
        }
    }

    static Path situation(String name) {
        return DIRECTORY.resolve("values/%s.yaml".formatted(name));
    }

    /**
     * All objects of a release {@code r} in the namespace {@code ai}.
     *
     * @param settings as of {@code helm --set}: name, value, name, value, ...
     * @throws IllegalStateException with Helm's message, if the values are refused
     */
    @SuppressWarnings("unchecked") // Objects of Kubernetes are mappings of strings.
    public static List<Map<String, Object>> render(Path values, String... settings) {
        TemplateCommand template =
                new Helm(DIRECTORY).template().withName("r").withNamespace("ai").withValuesFile(values);
        for (int i = 0; i < settings.length; i += 2) {
            template.set(settings[i], settings[i + 1]);
        }
        return StreamSupport.stream(new Yaml().loadAll(template.call()).spliterator(), false)
                .filter(Map.class::isInstance)
                .map(document -> (Map<String, Object>) document)
                .toList();
    }

    static LintResult lint() {
        return new Helm(DIRECTORY).lint().strict().call();
    }
}
