package dev.pargo.models.chat;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a model writes a call of a tool: a JSON object with the tool's name and its arguments, between two tags or alone.
 *
 * @param opening   the tag before it, such as {@code <tool_call>}; empty for none
 * @param closing   the tag after it; empty for none
 * @param arguments the name of the field that has the arguments
 */
public record ToolCallSyntax(String opening, String closing, String arguments) {

    /** The tool that is called to find the form. */
    static final String TOOL = "toolbeta";

    /** What it is called with. */
    static final String TOOL_ARGUMENTS = "{\"p\": \"valuegamma\"}";

    private static final Pattern CALL =
            Pattern.compile("\\{\\s*\"name\":\\s*\"%s\",\\s*\"(arguments|parameters)\":\\s*%s\\s*}"
                    .formatted(TOOL, Pattern.quote(TOOL_ARGUMENTS)));
    private static final Pattern TAG_BEFORE = Pattern.compile("<([\\w.:-]+)>\\s*$");

    /**
     * Finds the form in what a chat template has written. Control tokens are not part of an answer's text, so they are
     * not part of the form either.
     *
     * @param called        a conversation whose last message calls {@value #TOOL}
     * @param prompt        the same conversation without that message, up to the beginning of the answer
     * @param controlTokens of the tokenizer
     * @return empty if the template writes calls in another form
     */
    static Optional<ToolCallSyntax> in(String called, String prompt, Set<String> controlTokens) {
        Matcher call = CALL.matcher(called);
        if (!call.find()) {
            return Optional.empty();
        }
        String before = withoutControlAtEnd(called.substring(0, call.start()), controlTokens);
        Matcher tag = TAG_BEFORE.matcher(before);
        if (tag.find()) {
            String closing = "</" + tag.group(1) + ">";
            boolean closes =
                    called.substring(call.end()).stripLeading().startsWith(closing) && !controlTokens.contains(closing);
            if (closes) {
                return Optional.of(new ToolCallSyntax("<" + tag.group(1) + ">", closing, call.group(1)));
            }
        }
        return withoutControlAtEnd(prompt, controlTokens).startsWith(before)
                ? Optional.of(new ToolCallSyntax("", "", call.group(1)))
                : Optional.empty();
    }

    private static String withoutControlAtEnd(String written, Set<String> controlTokens) {
        String text = written.stripTrailing();
        for (String token : controlTokens) {
            if (!token.isEmpty() && text.endsWith(token)) {
                return withoutControlAtEnd(text.substring(0, text.length() - token.length()), controlTokens);
            }
        }
        return text;
    }
}
