package dev.pargo.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.fixture.FixtureCase;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

class TokenizerParityTest {

    @TestFactory
    Stream<DynamicContainer> idsAndTextEqualSentencePieces() {
        return FixtureCase.discover("tokenizer", "sentencepiece").stream()
                .flatMap(fixture -> fixture.description()
                        .get("models")
                        .propertyStream()
                        .map(model -> {
                            String file = model.getValue().get("file").asString();
                            return DynamicContainer.dynamicContainer(
                                    model.getKey(),
                                    StreamSupport.stream(
                                                    model.getValue()
                                                            .get("cases")
                                                            .spliterator(),
                                                    false)
                                            .map(text -> DynamicTest.dynamicTest(
                                                    "\"" + text.get("text").asString() + "\"",
                                                    () -> check(fixture, file, text))));
                        }));
    }

    private static void check(FixtureCase fixture, String file, JsonNode text) {
        int[] ids = StreamSupport.stream(text.get("ids").spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
        try (Tokenizer tokenizer =
                new SentencePieceTokenizer(fixture.directory().resolve(file), Map.of(), false)) {
            assertThat(tokenizer.encode(text.get("text").asString())).isEqualTo(ids);
            if (text.has("decoded")) {
                assertThat(tokenizer.decode(ids)).isEqualTo(text.get("decoded").asString());
            }
        }
    }
}
