package dev.pargo.llm.constraint;

import static org.assertj.core.api.Assertions.assertThat;

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

class JsonAutomatonTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static long read(byte[] bytes) {
        long state = JsonAutomaton.START;
        for (byte octet : bytes) {
            if (state < 0) {
                return state;
            }
            state = JsonAutomaton.next(state, octet & 0xFF);
        }
        return state;
    }

    private static boolean accepts(byte[] bytes) {
        long state = read(bytes);
        return state >= 0 && JsonAutomaton.isEnd(state);
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
                "{ \"a\" : [ ] , \"b\" : { } }",
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
            long state = JsonAutomaton.START;
            while (length < text.length && !JsonAutomaton.isEnd(state)) {
                byte octet = random.nextInt(8) > 0 ? likely[random.nextInt(likely.length)] : (byte) random.nextInt(256);
                long next = JsonAutomaton.next(state, octet & 0xFF);
                if (next >= 0) {
                    state = next;
                    text[length++] = octet;
                }
            }
            if (JsonAutomaton.isEnd(state)) {
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
    void linesAreIndentedByTheirNesting() {
        assertThat(accepts("{\n    \"a\": [\n\t\t1,\n        2\n  ]\n}")).isTrue();
        assertThat(accepts("{\n     \"a\":1}")).isFalse();
        assertThat(accepts("{\"a\":[\n" + " ".repeat(2 * JsonAutomaton.MOST_INDENTATION) + "]}"))
                .isTrue();
        assertThat(accepts("{\"a\":[\n" + " ".repeat(2 * JsonAutomaton.MOST_INDENTATION + 1) + "]}"))
                .isFalse();
        int nested = JsonAutomaton.MOST_NESTED - 1;
        String deepest = "\n" + " ".repeat(JsonAutomaton.MOST_NESTED * JsonAutomaton.MOST_INDENTATION);
        assertThat(accepts("{\"a\":" + "[".repeat(nested) + deepest + "]".repeat(nested) + "}"))
                .isTrue();
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
        int nested = JsonAutomaton.MOST_NESTED - 1;
        assertThat(accepts("{\"a\":" + "[".repeat(nested) + "]".repeat(nested) + "}"))
                .isTrue();
        assertThat(accepts("{\"a\":" + "[".repeat(nested + 1) + "]".repeat(nested + 1) + "}"))
                .isFalse();
        int digits = JsonAutomaton.MOST_DIGITS;
        assertThat(accepts("{\"a\":" + "9".repeat(digits) + "." + "9".repeat(digits) + "e999}"))
                .isTrue();
        assertThat(accepts("{\"a\":" + "9".repeat(digits + 1) + "}")).isFalse();
        assertThat(accepts("{\"a\":1." + "9".repeat(digits + 1) + "}")).isFalse();
        assertThat(accepts("{\"a\":1e1000}")).isFalse();
    }

    @Test
    void arraysAndObjectsCloseInTheirOrder() {
        Random random = new Random(4);
        for (int i = 0; i < 1_000; i++) {
            StringBuilder open = new StringBuilder("{\"k\":");
            StringBuilder close = new StringBuilder();
            for (int depth = 0; depth < JsonAutomaton.MOST_NESTED - 2; depth++) {
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
