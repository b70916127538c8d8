package dev.pargo.models.chat;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import dev.pargo.models.config.ConfigException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jinjava.javax.el.CompositeELResolver;

/**
 * A chat template, which is a program in Jinja: it is executed as transformers does, in a sandbox with bounded output. Thread-safe.
 */
public final class ChatTemplate {

    private static final long MAX_OUTPUT = 1 << 20;
    private static final int MAX_ELEMENTS = 10_000;

    private static final Jinjava JINJAVA = jinjava();

    private final String file;
    private final String source;
    private final Map<String, String> specialTokens;

    /**
     * @param file          where the template comes from, for messages
     * @param source        the program
     * @param specialTokens that the program may name, e.g. {@code bos_token}
     */
    public ChatTemplate(String file, String source, Map<String, String> specialTokens) {
        this.file = file;
        // Jinja leaves out a line feed at a template's end, but none that an expression writes.
        this.source = source.endsWith("\n") ? source.substring(0, source.length() - 1) : source;
        this.specialTokens = Map.copyOf(specialTokens);
    }

    private static Jinjava jinjava() {
        CompositeELResolver resolver = new CompositeELResolver();
        resolver.add(new StringMethods());
        resolver.add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
        Jinjava jinjava = new Jinjava(JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withElResolver(resolver)
                .withMaxOutputSize(MAX_OUTPUT)
                .withMaxStringLength(MAX_OUTPUT)
                .withMaxListSize(MAX_ELEMENTS)
                .withMaxMapSize(MAX_ELEMENTS)
                .withRangeLimit(MAX_ELEMENTS)
                .withNestedInterpretationEnabled(false)
                .withKeepTrailingNewline(true)
                .withLegacyOverrides(LegacyOverrides.newBuilder()
                        .withEvaluateMapKeys(true)
                        .withUsePyishObjectMapper(true)
                        .withUseNaturalOperatorPrecedence(true)
                        .withUseTrimmingForNotesAndExpressions(true)
                        .withKeepNullableLoopValues(true)
                        .build())
                .build());
        jinjava.getGlobalContext().registerTag(new GenerationTag());
        jinjava.getGlobalContext()
                .registerFunction(new ELFunctionDefinition(
                        "", "raise_exception", ChatTemplate.class, "raiseException", String.class));
        jinjava.getGlobalContext()
                .registerFunction(
                        new ELFunctionDefinition("", "strftime_now", ChatTemplate.class, "strftimeNow", String.class));
        return jinjava;
    }

    /** What a template calls to refuse a conversation. */
    public static String raiseException(String message) {
        throw new IllegalArgumentException(message);
    }

    /** The current date in the form that dates of prompts have, e.g. {@code 26 Jul 2024}. */
    public static String strftimeNow(String format) {
        String pattern = format.replace("%d", "dd")
                .replace("%b", "MMM")
                .replace("%B", "MMMM")
                .replace("%Y", "yyyy")
                .replace("%m", "MM")
                .replace("%H", "HH")
                .replace("%M", "mm")
                .replace("%S", "ss");
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).format(LocalDateTime.now());
    }

    /**
     * Writes a conversation and the beginning of the next answer.
     *
     * @throws ConfigException if the template refuses the conversation or cannot be executed
     */
    public String render(List<ChatMessage> messages) {
        Map<String, Object> context = new HashMap<>(specialTokens);
        context.put("messages", messages.stream().map(ChatMessage::toMap).toList());
        context.put("add_generation_prompt", true);
        RenderResult result = JINJAVA.renderForResult(source, context);
        if (result.hasErrors()) {
            throw new ConfigException("%s: the chat template cannot write a conversation: %s"
                    .formatted(file, result.getErrors().get(0).getMessage()));
        }
        return result.getOutput();
    }
}
