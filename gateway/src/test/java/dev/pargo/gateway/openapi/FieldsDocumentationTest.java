package dev.pargo.gateway.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.gateway.chat.ChatFields;
import dev.pargo.gateway.completions.CompletionFields;
import dev.pargo.gateway.json.Field;
import dev.pargo.gateway.json.Fields;
import dev.pargo.gateway.responses.ResponseFields;
import dev.pargo.gateway.tokens.TokenFields;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The tables in docs/api.md equal the descriptions of the fields. */
class FieldsDocumentationTest {

    @Test
    void everyFieldOfAChatRequestIsDocumented() throws Exception {
        requireInDocs(table(ChatFields.ALL.all()));
    }

    @Test
    void everyFieldOfACompletionIsDocumented() throws Exception {
        requireInDocs(beyondChat(CompletionFields.ALL));
    }

    @Test
    void everyFieldOfAResponseIsDocumented() throws Exception {
        requireInDocs(beyondChat(ResponseFields.ALL));
    }

    @Test
    void everyFieldOfTheRoutesForTokensIsDocumented() throws Exception {
        requireInDocs(beyondChat(TokenFields.TOKENIZE));
        requireInDocs(beyondChat(TokenFields.DETOKENIZE));
    }

    /** Fields of chat requests are listed by name only. */
    private static String beyondChat(Fields fields) {
        List<Field<?>> chat = ChatFields.ALL.all();
        return table(fields.all().stream()
                        .filter(field -> !chat.contains(field))
                        .toList())
                + fields.all().stream()
                        .filter(chat::contains)
                        .map(field -> "`" + field.name() + "`")
                        .collect(Collectors.joining(", ", "\nAs in a chat request: ", ".\n"));
    }

    private static String table(List<Field<?>> fields) {
        return fields.stream()
                .map(FieldsDocumentationTest::row)
                .collect(Collectors.joining(
                        "\n", "| field | | accepted | otherwise | meaning |\n| --- | --- | --- | --- | --- |\n", "\n"));
    }

    private static void requireInDocs(String text) throws Exception {
        assertThat(Files.readString(Path.of("../docs/api.md")))
                .as("docs/api.md must have this:\n\n%s", text)
                .contains(text);
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
