package dev.pargo.gateway.toolcall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.gateway.toolcall.ToolCallReader.Read;
import dev.pargo.proto.v1.ToolCallForm;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ToolCallReaderTest {

    private static final List<String> TOOLS =
            List.of("{\"type\":\"function\",\"function\":{\"name\":\"f\"}}", "{\"function\":{\"name\":\"g h\"}}", "{}");
    private static final ToolCallRules TAGGED = rules("<tool_call>", "</tool_call>", "arguments", true);
    private static final ToolCallRules BARE = rules("", "", "parameters", true);
    private static final String CALL = "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": 1}}\n</tool_call>";
    private static final WrittenCall READ = new WrittenCall("f", "{\"a\": 1}");

    private static ToolCallRules rules(String opening, String closing, String arguments, boolean parallel) {
        return ToolCallRules.of(
                ToolCallForm.newBuilder()
                        .setOpening(opening)
                        .setClosing(closing)
                        .setArguments(arguments)
                        .build(),
                TOOLS,
                parallel);
    }

    private static Read read(ToolCallRules rules, String... pieces) {
        ToolCallReader reader = new ToolCallReader(rules);
        Read all = new Read("", List.of());
        for (String piece : pieces) {
            all = all.plus(reader.read(piece));
        }
        all = all.plus(reader.end());
        assertThat(reader.calls()).isEqualTo(all.calls().size());
        return all;
    }

    /** However an answer is cut into pieces, the same is read. */
    private static Read readInAllWays(ToolCallRules rules, String answer) {
        Read whole = read(rules, answer);
        assertThat(read(rules, answer.split("(?<=.)|(?<=\n)")))
                .as("character by character")
                .isEqualTo(whole);
        IntStream.range(0, answer.length())
                .forEach(at -> assertThat(read(rules, answer.substring(0, at), answer.substring(at)))
                        .as("cut at %d", at)
                        .isEqualTo(whole));
        return whole;
    }

    @Test
    void aCallIsTakenOutOfTheTextAroundIt() {
        assertThat(readInAllWays(TAGGED, "I look.\n\n" + CALL + "\nDone. "))
                .isEqualTo(new Read("I look.\nDone. ", List.of(READ)));
    }

    @Test
    void spaceAroundCallsIsNoContent() {
        assertThat(readInAllWays(TAGGED, " \n" + CALL + "\n " + CALL + CALL + "\n"))
                .isEqualTo(new Read("", List.of(READ, READ, READ)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"name":"f","arguments":{}}                                          | f   | {}
            {"arguments": { "a" : 1.50 }, "name": "f", "id": 3}                  | f   | { "a" : 1.50 }
            {"name":"g h","arguments":{"t":"</tool_call><tool_call>}{\\"é😀"}} | g h | {"t":"</tool_call><tool_call>}{\\"é😀"}
            {"name":"f","arguments":{"name":"x","arguments":[[{}],null,true]}}   | f   | {"name":"x","arguments":[[{}],null,true]}
            {"name":"\\u0066","arguments":{"big":1e999}}                         | f   | {"big":1e999}
            """)
    void argumentsAreAsTheModelWroteThem(String object, String name, String arguments) {
        assertThat(readInAllWays(TAGGED, "<tool_call>" + object + "</tool_call>"))
                .isEqualTo(new Read("", List.of(new WrittenCall(name, arguments))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " \n",
                "a < b, <tool_cal>, <tool_call",
                "<tool_call>",
                "<tool_call> \n",
                "a\n<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": 1",
                "<tool_call>none</tool_call>",
                "<tool_call>[]</tool_call>",
                "<tool_call>3 </tool_call>",
                "<tool_call>{\"name\": \"unknown\", \"arguments\": {}}</tool_call>",
                "<tool_call>{\"name\": \"f\"}</tool_call>",
                "<tool_call>{\"arguments\": {}}</tool_call>",
                "<tool_call>{\"name\": \"f\", \"arguments\": \"{}\"}</tool_call>",
                "<tool_call>{\"name\": \"f\", \"parameters\": {}}</tool_call>",
                "<tool_call>{\"name\": [\"f\"], \"arguments\": {}}</tool_call>",
                "<tool_call>{\"name\": \"f\", \"arguments\": {a: 1}}</tool_call>",
                "<tool_call>{\"name\": \"f\", \"arguments\": {}}}</tool_call>",
                "<tool_call>{\"name\": \"f\", \"arguments\": {}} or so</tool_call>",
                "{\"name\": \"f\", \"arguments\": {}}",
            })
    void whatIsNoCallIsContent(String answer) {
        assertThat(readInAllWays(TAGGED, answer)).isEqualTo(new Read(answer, List.of()));
    }

    @Test
    void aCallIsFoundAfterWhatIsNone() {
        assertThat(readInAllWays(TAGGED, "<tool_call>{\"name\": 1}" + CALL))
                .isEqualTo(new Read("<tool_call>{\"name\": 1}", List.of(READ)));
        assertThat(readInAllWays(TAGGED, "<tool_call><tool_" + CALL))
                .isEqualTo(new Read("<tool_call><tool_", List.of(READ)));
    }

    /** Also where it is a stop string. */
    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\n</tool_"})
    void theLastClosingTagMayBeMissing(String end) {
        assertThat(readInAllWays(TAGGED, CALL.replace("\n</tool_call>", end))).isEqualTo(new Read("", List.of(READ)));
    }

    @Test
    void onlyWhatMayBecomeACallIsHeldBack() {
        ToolCallReader reader = new ToolCallReader(TAGGED);

        assertThat(reader.read("a <too").content()).isEqualTo("a");
        assertThat(reader.read("th").content()).isEqualTo(" <tooth");
        assertThat(reader.read(" <tool_call>\n{\"name\": \"").content()).isEmpty();
        assertThat(reader.read("x\"").content()).isEqualTo(" <tool_call>\n{\"name\": \"x\"");
        assertThat(reader.read(" <tool_call>{\"name\": \"f\", \"arguments\": {").content())
                .isEmpty();
        assertThat(reader.read("]").content()).endsWith("{]");
        assertThat(reader.read("<tool_call>{\"name\": \"f\", \"arguments\": {}").content())
                .isEmpty();
        assertThat(reader.read("}").calls()).isEmpty();
        assertThat(reader.read("</tool_call>").calls()).containsExactly(new WrittenCall("f", "{}"));
    }

    @Test
    void aCallWithoutTagsStandsAtTheBeginningOrAfterAnother() {
        String call = "{\"name\": \"f\", \"parameters\": {\"a\": 1}}";

        assertThat(readInAllWays(BARE, "\n" + call + " " + call + "\n")).isEqualTo(new Read("", List.of(READ, READ)));
        assertThat(readInAllWays(BARE, call + "\n Done. " + call))
                .isEqualTo(new Read("\n Done. " + call, List.of(READ)));
        assertThat(readInAllWays(BARE, "{\"type\": \"function\", " + call.substring(1)))
                .isEqualTo(new Read("", List.of(READ)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "For example {\"name\": \"f\", \"parameters\": {}}",
                "{} {\"name\": \"f\", \"parameters\": {}}",
                " {\"name\": \"f\", \"arguments\": {}}",
                "{\"name\": \"Rome\", \"parameters\": {}}",
                "{\"name\": \"f\", \"parameters\": {}",
                "[{\"name\": \"f\", \"parameters\": {}}]",
                " \n"
            })
    void anyOtherObjectIsContent(String answer) {
        assertThat(readInAllWays(BARE, answer)).isEqualTo(new Read(answer, List.of()));
    }

    @Test
    void withoutParallelCallsOnlyTheFirstIsTold() {
        ToolCallRules rules = rules("<tool_call>", "</tool_call>", "arguments", false);

        assertThat(readInAllWays(rules, "a" + CALL + CALL.replace("1", "2") + "b"))
                .isEqualTo(new Read("ab", List.of(READ)));
    }

    @Test
    void withoutRulesEverythingIsContent() {
        assertThat(readInAllWays(ToolCallRules.NONE, CALL)).isEqualTo(new Read(CALL, List.of()));
    }

    /** Whatever is written: no character is lost or moved, except white space beside calls. */
    @Test
    void nothingIsLost() {
        List<String> parts = List.of(
                "<tool_call>",
                "</tool_call>",
                "{",
                "}",
                "\"name\"",
                ": ",
                "\"f\"",
                ", ",
                "\"arguments\"",
                "\n",
                "é😀",
                "[",
                CALL);
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            String answer = random.ints(random.nextInt(12), 0, parts.size())
                    .mapToObj(parts::get)
                    .reduce("", String::concat);
            Read read = read(TAGGED, answer.split("(?<=[<{\"])"));

            assertThat(squeezed(read.content())).as(answer).isEqualTo(squeezed(answer.replace(CALL, "")));
            assertThat(read.calls()).as(answer).hasSize((int) Pattern.compile(CALL, Pattern.LITERAL)
                    .matcher(answer)
                    .results()
                    .count());
        }
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s", "");
    }

    @Test
    void longCallsTakeTimeInProportionToTheirLength() {
        ToolCallReader reader = new ToolCallReader(TAGGED);
        long start = System.nanoTime();
        reader.read("<tool_call>{\"name\":\"f\",\"arguments\":{\"a\":\"");
        IntStream.range(0, 500_000)
                .forEach(i -> assertThat(reader.read("word").content()).isEmpty());

        assertThat(reader.read("\"}}</tool_call>").calls())
                .singleElement()
                .satisfies(call -> assertThat(call.arguments()).hasSize(2_000_000 + "{\"a\":\"\"}".length()));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }
}
