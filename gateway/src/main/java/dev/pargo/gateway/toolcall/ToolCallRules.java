package dev.pargo.gateway.toolcall;

import dev.pargo.proto.v1.ToolCallForm;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * What counts as a call in an answer.
 *
 * @param form     how the model writes calls
 * @param tools    names of the tools that may be called; with none, all text is content
 * @param parallel whether an answer may have several calls; if not, those after the first are dropped
 */
public record ToolCallRules(ToolCallForm form, Set<String> tools, boolean parallel) {

    /** There are no calls: all text is content. */
    public static final ToolCallRules NONE = new ToolCallRules(ToolCallForm.getDefaultInstance(), Set.of(), true);

    public ToolCallRules {
        tools = Set.copyOf(tools);
    }

    /** @param tools that may be called: JSON in OpenAI's form; one without a name cannot be called */
    public static ToolCallRules of(ToolCallForm form, List<String> tools, boolean parallel) {
        Set<String> names = tools.stream()
                .map(ToolCallRules::name)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
        return new ToolCallRules(form, names, parallel);
    }

    /** The name of a tool, which is JSON in OpenAI's form; empty for none. */
    public static String name(String tool) {
        return JsonMapper.shared().readTree(tool).path("function").path("name").asString("");
    }

    boolean hasTags() {
        return !form.getOpening().isEmpty();
    }
}
