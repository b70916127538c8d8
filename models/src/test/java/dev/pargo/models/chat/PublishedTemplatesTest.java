package dev.pargo.models.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Published templates of many models, executed as Jinja executes them. */
class PublishedTemplatesTest {

    private static final Path DIRECTORY = Path.of("src/test/templates");
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Clock DAY = Clock.fixed(Instant.parse("2024-07-26T12:00:00Z"), ZoneOffset.UTC);

    /** A conversation as templates read it. */
    private record Asked(List<Map<String, Object>> messages, List<Object> tools) {}

    @TestFactory
    Stream<DynamicTest> everyTemplateWritesWhatJinjaWrites() throws IOException {
        JsonNode golden = JSON.readTree(Files.readAllBytes(DIRECTORY.resolve("golden.json")));
        Map<String, Asked> conversations =
                JSON.convertValue(golden.get("conversations"), new TypeReference<Map<String, Asked>>() {});
        return golden.get("templates")
                .propertyStream()
                .flatMap(model -> model.getValue()
                        .propertyStream()
                        .map(written -> DynamicTest.dynamicTest(
                                model.getKey() + ", " + written.getKey(),
                                () -> check(model.getKey(), conversations.get(written.getKey()), written.getValue()))));
    }

    private static void check(String model, Asked conversation, JsonNode golden) throws IOException {
        String source = Files.readString(DIRECTORY.resolve(model + ".jinja"));
        Map<String, String> tokens = Map.of("bos_token", "<s>", "eos_token", "</s>");
        ChatTemplate template = new ChatTemplate(model, source, tokens, DAY, ChatTemplate.TIME_LIMIT);
        if (golden.isString()) {
            assertThat(template.render(conversation.messages(), conversation.tools(), true))
                    .isEqualTo(golden.asString());
        } else {
            assertThatThrownBy(() -> template.render(conversation.messages(), conversation.tools(), true))
                    .isInstanceOf(TemplateException.class)
                    .hasMessageContaining(golden.get("refused").asString());
        }
    }
}
