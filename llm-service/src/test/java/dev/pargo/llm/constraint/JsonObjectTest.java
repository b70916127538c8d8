package dev.pargo.llm.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.llm.constraint.grammar.Grammar;
import dev.pargo.llm.constraint.grammar.GrammarAutomaton;
import dev.pargo.llm.constraint.schema.JsonSchema;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

class JsonObjectTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static final GrammarAutomaton.State START = new GrammarAutomaton(JsonSchema.anyObject(Octets.ALL)).start();

    private static boolean accepts(byte[] bytes) {
        GrammarAutomaton.State state = Octets.read(START, bytes);
        return state != null && state.accepts();
    }

    private static boolean accepts(String text) {
        return accepts(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " {\n}",
                "{\"a\":1}",
                "{ \"a\" : [ ], \"b\" : { } }",
                "{\"a\":[1,-0,0.5,-12.25e+10,3E-2,1e9,true,false,null,\"x\"]}",
                "{\"\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\\ud7ff\"}",
                "{\"caf\u00e9\":\"\u20ac \uD83D\uDE00\u007f\"}",
                "{\"a\":{\"b\":[[],[{}]]}}",
            })
    void takesAnObject(String text) {
        assertThat(accepts(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "1",
                "{",
                "{}}",
                "{} ",
                "{]",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{,}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":1.}",
                "{\"a\":.5}",
                "{\"a\":1e}",
                "{\"a\":-}",
                "{\"a\":1 2}",
                "{\"a\":[1,]}",
                "{\"a\":[1}",
                "{\"a\":tru}",
                "{\"a\":True}",
                "{\"a\":NaN}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"\\uD83D\"}",
                "{\"a\":\"\\uD83D\\u0041\"}",
                "{\"a\":\"\\uDE00\"}",
                "{\"a\" \"b\"}",
                "\u00a0{}",
            })
    void refusesWhatIsNone(String text) {
        assertThat(accepts(text)).isFalse();
    }

    @Test
    void refusesMalformedUtf8() {
        int[][] malformed = {
            {0x80}, {0xC0, 0x80}, {0xC1, 0xBF}, {0xE0, 0x80, 0x80}, {0xED, 0xA0, 0x80}, {0xF0, 0x80, 0x80, 0x80},
            {0xF4, 0x90, 0x80, 0x80}, {0xF5, 0x80, 0x80, 0x80}, {0xFF}, {0xC3}, {0xE2, 0x82}, {0xF0, 0x9F, 0x98},
        };
        for (int[] octets : malformed) {
            byte[] text = "{\"a\":\"%s\"}".formatted("?".repeat(octets.length)).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < octets.length; i++) {
                text[6 + i] = (byte) octets[i];
            }
            assertThat(accepts(text)).as(Arrays.toString(octets)).isFalse();
        }
    }

    @Test
    void takesWhateverJacksonWrites() {
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            JsonNode object = object(random, 4);
            assertThat(accepts(object.toString())).as(object.toString()).isTrue();
            assertThat(accepts(object.toPrettyString())).isTrue();
        }
    }

    @Test
    void whateverItTakesJacksonReads() {
        Random random = new Random(2);
        byte[] likely = "{}[]:,\"\\0123456789.-+eEtrufalsn dD8cC".getBytes(StandardCharsets.US_ASCII);
        int complete = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] text = new byte[400];
            int length = 0;
            GrammarAutomaton.State state = START;
            while (length < text.length && !state.accepts()) {
                byte octet = random.nextInt(8) > 0 ? likely[random.nextInt(likely.length)] : (byte) random.nextInt(256);
                GrammarAutomaton.State next = state.next(octet & 0xFF);
                if (next != null) {
                    state = next;
                    text[length++] = octet;
                }
            }
            if (state.accepts()) {
                complete++;
                assertThat(JSON.readTree(text, 0, length).isObject()).isTrue();
            }
        }
        assertThat(complete).isGreaterThan(5_000);
    }

    @Test
    void aDamagedObjectIsTakenOnlyIfJacksonReadsIt() {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            byte[] text = object(random, 3).toString().getBytes(StandardCharsets.UTF_8);
            text[random.nextInt(text.length)] = (byte) random.nextInt(256);
            if (accepts(text)) {
                assertThat(readsWithJackson(text))
                        .as(new String(text, StandardCharsets.UTF_8))
                        .isTrue();
            }
        }
    }

    private static boolean readsWithJackson(byte[] text) {
        try {
            return JSON.readTree(text).isObject();
        } catch (JacksonException e) {
            return false;
        }
    }

    @Test
    void linesAreIndented() {
        assertThat(accepts("{\n    \"a\": [\n\t\t1,\n        2\n  ]\n}")).isTrue();
        assertThat(accepts("{\n" + " ".repeat(32) + "}")).isTrue();
        assertThat(accepts("{\n" + " ".repeat(33) + "}")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "  {}",
                "\n {}",
                "\n\n{}",
                "{  }",
                "{\t}",
                "{\r\n}",
                "{ \n}",
                "{\n\n}",
                "{\"a\":  1}",
                "{\"a\":1  }",
            })
    void refusesMoreWhitespaceThanALayoutNeeds(String text) {
        assertThat(accepts(text)).isFalse();
    }

    @Test
    void nestingAndNumbersHaveAnEnd() {
        int nested = Grammar.MAX_NESTED;
        assertThat(accepts("{\"a\":" + "[".repeat(nested) + "]".repeat(nested) + "}"))
                .isTrue();
        assertThat(accepts("{\"a\":" + "[".repeat(nested + 1) + "]".repeat(nested + 1) + "}"))
                .isFalse();
        assertThat(accepts("{\"a\":" + "9".repeat(20) + "." + "9".repeat(20) + "e99}"))
                .isTrue();
        assertThat(accepts("{\"a\":" + "9".repeat(21) + "}")).isFalse();
        assertThat(accepts("{\"a\":1." + "9".repeat(21) + "}")).isFalse();
        assertThat(accepts("{\"a\":1e100}")).isFalse();
    }

    @Test
    void arraysAndObjectsCloseInTheirOrder() {
        Random random = new Random(4);
        for (int i = 0; i < 1_000; i++) {
            StringBuilder open = new StringBuilder("{\"k\":");
            StringBuilder close = new StringBuilder();
            for (int depth = 0; depth < Grammar.MAX_NESTED - 2; depth++) {
                boolean array = random.nextBoolean();
                open.append(array ? "[" : "{\"k\":");
                close.insert(0, array ? ']' : '}');
            }
            String text = open + "1" + close + "}";
            assertThat(accepts(text)).isTrue();
            int flipped = open.length() + 1 + random.nextInt(close.length());
            char wrong = text.charAt(flipped) == ']' ? '}' : ']';
            assertThat(accepts(text.substring(0, flipped) + wrong + text.substring(flipped + 1)))
                    .isFalse();
        }
    }

    private static JsonNode object(Random random, int depth) {
        var object = JsonNodeFactory.instance.objectNode();
        for (int i = random.nextInt(4); i > 0; i--) {
            object.set(text(random), value(random, depth - 1));
        }
        return object;
    }

    private static JsonNode value(Random random, int depth) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0 -> nodes.stringNode(text(random));
            case 1 -> nodes.numberNode(random.nextLong());
            case 2 -> nodes.numberNode(random.nextGaussian() * Math.pow(10, random.nextInt(20) - 10));
            case 3 -> nodes.booleanNode(random.nextBoolean());
            case 4 -> nodes.nullNode();
            case 5 -> nodes.numberNode(random.nextInt(20) - 10);
            case 6 -> object(random, depth);
            default -> {
                var array = nodes.arrayNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.add(value(random, depth - 1));
                }
                yield array;
            }
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            int letter = random.nextInt(random.nextBoolean() ? 0x80 : 0x10FFFF);
            text.appendCodePoint(letter >= 0xD800 && letter <= 0xDFFF ? 'x' : letter);
        }
        return text.toString();
    }
}
