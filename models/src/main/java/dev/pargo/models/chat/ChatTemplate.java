package dev.pargo.models.chat;

import dev.pargo.models.chat.jinja.JinjaException;
import dev.pargo.models.chat.jinja.Template;
import dev.pargo.models.config.ConfigException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A chat template: a program in Jinja. It is executed as in transformers, within limits. Thread-safe. */
public final class ChatTemplate {

    private static final Logger log = LoggerFactory.getLogger(ChatTemplate.class);

    /** Largest number of characters that it may write. */
    private static final int MAX_OUTPUT = 8 << 20;

    /** Longest time that it may run. */
    static final Duration TIME_LIMIT = Duration.ofSeconds(10);

    private final String file;
    private final Template program;
    private final Map<String, String> specialTokens;
    private final Clock clock;
    private final Duration timeLimit;

    /**
     * Parses a template.
     *
     * @param file          where it comes from, for messages
     * @param source        the program
     * @param specialTokens special tokens that the program may name, e.g. {@code bos_token}
     * @throws ConfigException if it is not valid Jinja, or uses a feature that is not supported
     */
    public ChatTemplate(String file, String source, Map<String, String> specialTokens) {
        this(file, source, specialTokens, Clock.systemDefaultZone(), TIME_LIMIT);
    }

    ChatTemplate(String file, String source, Map<String, String> specialTokens, Clock clock, Duration timeLimit) {
        this.file = file;
        this.clock = clock;
        this.timeLimit = timeLimit;
        this.specialTokens = Map.copyOf(specialTokens);
        try {
            this.program = Template.parse(source);
        } catch (JinjaException e) {
            throw new ConfigException(
                    "%s: the chat template cannot be read: %s; name a prompt.format or a prompt.template"
                                    .formatted(file, e.getMessage())
                            + " in a manifest",
                    e);
        }
    }

    /**
     * Executes the template.
     *
     * @param messages as templates read them: maps with role and content
     * @param tools    descriptions of tools; empty for none
     * @param answers  whether the beginning of the next answer is written too
     * @throws TemplateException if the template refuses the conversation, cannot be executed, or exceeds its limits
     */
    String render(List<Map<String, Object>> messages, List<Object> tools, boolean answers) {
        Map<String, Object> variables = new HashMap<>(specialTokens);
        variables.put("messages", messages);
        variables.put("add_generation_prompt", answers);
        // Both are none rather than undefined, as in transformers.
        variables.put("tools", tools.isEmpty() ? null : tools);
        variables.put("documents", null);
        try {
            return program.render(variables, LocalDateTime.now(clock), MAX_OUTPUT, timeLimit.toNanos());
        } catch (JinjaException.Raised refusal) {
            throw new TemplateException(
                    "the model's chat template refuses the conversation: " + refusal.getMessage(), refusal);
        } catch (JinjaException e) {
            log.debug("{}: the chat template cannot write a conversation: {}", file, e.getMessage());
            throw new TemplateException("the model's chat template cannot write the conversation", e);
        }
    }
}
