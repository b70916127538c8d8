package dev.pargo.models.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.models.config.ConfigException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateTest {

    private static final List<Map<String, Object>> HELLO = List.of(Map.of("role", "user", "content", "hello"));

    private static String render(String program) {
        return new ChatTemplate("test", program, Map.of("bos_token", "<s>")).render(HELLO, List.of(), true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ messages.getClass().getName() }}",
                "{{ ''.getClass().forName('java.lang.Runtime') }}",
                "{% for i in range(90000) %}{% for j in range(90000) %}x{% endfor %}{% endfor %}",
                "{{ messages.append(1) }}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{{ 'x' * 1000000000 }}",
            })
    void aTemplateCannotReachWhatItIsNotGiven(String program) {
        assertThatThrownBy(() -> render(program))
                .isInstanceOf(TemplateException.class)
                .hasMessage("the model's chat template cannot write the conversation");
    }

    @Test
    @Timeout(30)
    void aTemplateThatRunsForTooLongIsEnded() {
        String loop = "{% for i in range(9000) %}{% for j in range(9000) %}{% for k in range(9000) %}"
                + "{% set x = k %}{% endfor %}{% endfor %}{% endfor %}";
        Duration limit = Duration.ofMillis(500);
        ChatTemplate template = new ChatTemplate("test", loop, Map.of(), Clock.systemUTC(), limit);
        long start = System.nanoTime();
        assertThatThrownBy(() -> template.render(HELLO, List.of(), true)).isInstanceOf(TemplateException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(limit, Duration.ofSeconds(5));
        assertThat(ChatTemplate.TIME_LIMIT).isLessThanOrEqualTo(Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a {{ messages[0     | line 1: a tag does not end",
                "{% if x %}          | line 1: a block does not end at ''",
                "{% frobnicate %}    | line 1: there is no block 'frobnicate' at ''",
                "{{ a b }}           | line 1: unexpected end or text at 'b'",
            })
    void aTemplateThatIsNoJinjaIsRefusedWithItsLine(String program, String problem) {
        assertThatThrownBy(() -> render(program))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("test: the chat template cannot be read: " + problem);
    }

    @Test
    void aTemplatesOwnRefusalIsPassedOn() {
        assertThatThrownBy(() -> render("{{ raise_exception('Roles must alternate') }}"))
                .isInstanceOf(TemplateException.class)
                .hasMessage("the model's chat template refuses the conversation: Roles must alternate");
    }

    /** Written as by Python's json.dumps. */
    @Test
    void jsonIsWrittenAsModelsReadIt() {
        assertThat(render("{{ {'a': [1, 'é<', true, none], 'b': {}} | tojson }}"))
                .isEqualTo("{\"a\": [1, \"é<\", true, null], \"b\": {}}");
        assertThat(render("{{ {'a': [1], 'b': []} | tojson(indent=2) }}"))
                .isEqualTo("{\n  \"a\": [\n    1\n  ],\n  \"b\": []\n}");
    }
}
