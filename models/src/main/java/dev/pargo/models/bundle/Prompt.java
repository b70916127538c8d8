package dev.pargo.models.bundle;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.tokenizer.Tokenizer;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * The prompt format that a model was trained with. Words in the templates that are control tokens of the tokenizer are encoded as
 * control tokens.
 *
 * @param template         one turn: the image and the question, written as {@code {question}}
 * @param imagePlaceholder stands for the visual tokens in the template
 * @param bosToken         control token that opens the prompt; empty for none
 * @param eosToken         control token that closes an answer
 * @param systemTemplate   the system instructions, written as {@code {system}}. They are inserted where the first turn has {@code
 *                         {system}}, or else before the first turn. If empty, the instructions are the text before the last
 *                         {@code USER:} of the template
 * @param system           default instructions for conversations without any; empty for none
 * @param answerTemplate   what follows a turn that has been answered, with the answer written as {@code {answer}}. If empty, the
 *                         answer and {@code eosToken}
 */
public record Prompt(
        String template,
        String imagePlaceholder,
        String bosToken,
        String eosToken,
        String systemTemplate,
        String system,
        String answerTemplate) {

    static final String IMAGE_PLACEHOLDER = "<ImageHere>";

    /** Reads a manifest's sections. Missing fields are taken from the other prompt. */
    static Prompt read(JsonConfig section, JsonConfig generation, Prompt otherwise) {
        return new Prompt(
                section.string("template", otherwise.template),
                section.string("image_placeholder", otherwise.imagePlaceholder),
                section.string("bos_token", otherwise.bosToken),
                generation.string("eos_token", otherwise.eosToken),
                section.string("system_template", otherwise.systemTemplate),
                section.string("system", otherwise.system),
                section.string("answer_template", otherwise.answerTemplate));
    }

    /** Writes the manifest sections that {@link #read} reads. */
    void writeTo(ObjectNode section, ObjectNode generation) {
        section.put("template", template)
                .put("image_placeholder", imagePlaceholder)
                .put("bos_token", bosToken)
                .put("system_template", systemTemplate)
                .put("system", system)
                .put("answer_template", answerTemplate);
        generation.put("eos_token", eosToken);
    }

    /**
     * The tokenizer's control tokens that occur in the templates.
     *
     * @throws ConfigException if the tokenizer does not have the tokens that open a prompt and close an answer
     */
    public List<String> controlTokens(Tokenizer tokenizer) {
        for (String token : List.of(bosToken, eosToken)) {
            if (!token.isEmpty() && tokenizer.controlToken(token).isEmpty()) {
                throw new ConfigException("the prompt's '%s' is not a control token of the tokenizer".formatted(token));
            }
        }
        return tokenizer.controlTokens().stream()
                .filter(token ->
                        Stream.of(template, systemTemplate, answerTemplate).anyMatch(text -> text.contains(token)))
                .sorted()
                .toList();
    }
}
