package dev.pargo.models.bundle;

import dev.pargo.models.chat.ChatTemplate;
import dev.pargo.models.chat.PublishedTemplates;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.config.JsonConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The chat templates in a directory in Hugging Face's layout: {@code chat_template.jinja} and {@code additional_chat_templates}, or
 * {@code chat_template} in {@code chat_template.json} or {@code tokenizer_config.json}, which is one template or a list of named ones.
 */
record PublishedTemplateFiles(HuggingFaceDirectory directory) {

    private static final String DEFAULT = "default";
    private static final String FOR_TOOLS = "tool_use";

    /** Empty if there is no template. */
    Optional<PublishedTemplates> read() {
        JsonConfig config = directory.config();
        if (config.has(OriginalInternVl.TEMPLATE)) {
            String origin = "the conversation %s of InternVL's code".formatted(config.string("template"));
            return templates(origin, Map.of(DEFAULT, config.string(OriginalInternVl.TEMPLATE)));
        }
        Path program = directory.path().resolve("chat_template.jinja");
        if (Files.exists(program)) {
            Map<String, String> sources = new HashMap<>(Map.of(DEFAULT, text(program)));
            Path tools = directory.path().resolve("additional_chat_templates/%s.jinja".formatted(FOR_TOOLS));
            if (Files.exists(tools)) {
                sources.put(FOR_TOOLS, text(tools));
            }
            return templates("chat_template.jinja", sources);
        }
        for (String file : List.of("chat_template.json", "tokenizer_config.json")) {
            Path path = directory.path().resolve(file);
            if (Files.exists(path)) {
                Map<String, String> sources =
                        sources(JsonConfig.read(path).json().path("chat_template"));
                if (sources.containsKey(DEFAULT)) {
                    return templates("chat_template of " + file, sources);
                }
            }
        }
        return Optional.empty();
    }

    private static Map<String, String> sources(JsonNode templates) {
        Map<String, String> sources = new HashMap<>();
        if (templates.isString()) {
            sources.put(DEFAULT, templates.asString());
        }
        for (JsonNode named : templates) {
            sources.put(named.path("name").asString(""), named.path("template").asString(""));
        }
        return sources;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new ConfigException("cannot read " + file, e);
        }
    }

    private Optional<PublishedTemplates> templates(String origin, Map<String, String> sources) {
        ChatTemplate template = template(sources.get(DEFAULT));
        ChatTemplate forTools = sources.containsKey(FOR_TOOLS) ? template(sources.get(FOR_TOOLS)) : template;
        return Optional.of(new PublishedTemplates(origin, template, forTools));
    }

    private ChatTemplate template(String source) {
        return new ChatTemplate(directory.path().toString(), source, directory.specialTokens());
    }
}
