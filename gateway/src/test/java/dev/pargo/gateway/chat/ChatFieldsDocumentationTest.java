package dev.pargo.gateway.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.gateway.json.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table in docs/api.md is what the fields say of themselves. */
class ChatFieldsDocumentationTest {

    @Test
    void everyFieldIsDocumented() throws Exception {
        String table = ChatFields.ALL.all().stream()
                .map(ChatFieldsDocumentationTest::row)
                .collect(Collectors.joining(
                        "\n", "| field | | accepted | otherwise | meaning |\n| --- | --- | --- | --- | --- |\n", "\n"));

        assertThat(Files.readString(Path.of("../docs/api.md")))
                .as("docs/api.md must have this table:\n\n%s", table)
                .contains(table);
    }

    private static String row(Field<?> field) {
        return "| `%s` | %s | %s | %s | %s |"
                .formatted(
                        field.name(),
                        field.treatment().name().toLowerCase(Locale.ROOT),
                        field.type().words().replace("|", "\\|"),
                        Objects.requireNonNullElse(field.otherwise(), ""),
                        field.meaning());
    }
}
