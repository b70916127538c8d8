package dev.pargo.gateway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Contradictory configurations are refused at start. */
class PipelinesPropertiesTest {

    @Test
    void aSinglePipelineNeedsNoName() {
        PipelinesProperties.Definition pipeline =
                bind(pipeline(0, " ")).pipelines().get(0);

        assertThat(pipeline.name()).isNull();
        assertThat(pipeline.defaults()).isEqualTo(DecodingDefaults.NONE);
    }

    @ParameterizedTest
    @CsvSource({"one, one", "one,", ", one", ","})
    void severalPipelinesNeedNamesOfTheirOwn(String first, String second) {
        Map<String, String> both = new HashMap<>(pipeline(0, first == null ? "" : first));
        both.putAll(pipeline(1, second == null ? "" : second));

        assertThatThrownBy(() -> bind(both))
                .hasStackTraceContaining("pargo.pipelines[].name: several pipelines must have names, each its own");
    }

    @ParameterizedTest
    @CsvSource({
        "max-tokens, 0, max-tokens must be at least 1",
        "temperature, 2.1, temperature must be between 0 and 2",
        "top-p, 0, top-p must be above 0 and at most 1",
        "top-k, -1, top-k must not be negative",
        "min-p, 1.5, min-p must be between 0 and 1",
        "repetition-penalty, 0, repetition-penalty must be above 0 and at most 10"
    })
    void defaultsMustBeInRange(String property, String value, String message) {
        Map<String, String> pipeline = new HashMap<>(pipeline(0, "one"));
        pipeline.put("pargo.pipelines[0].defaults." + property, value);

        assertThatThrownBy(() -> bind(pipeline)).hasStackTraceContaining(message);
    }

    private static Map<String, String> pipeline(int index, String name) {
        String prefix = "pargo.pipelines[" + index + "].";
        return Map.of(prefix + "name", name, prefix + "encoder", "e", prefix + "projector", "p", prefix + "llm", "l");
    }

    private static PipelinesProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bind("pargo", PipelinesProperties.class)
                .get();
    }
}
