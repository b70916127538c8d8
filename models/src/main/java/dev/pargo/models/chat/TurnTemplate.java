package dev.pargo.models.chat;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.config.JsonConfig;
import java.util.List;
import java.util.Set;

/**
 * A prompt format as a manifest describes it: one turn, and the text around it. Names of the tokenizer's control tokens
 * in the templates are control tokens.
 *
 * @param template         one turn: the image and the question; {@code {question}} stands for the question
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
public record TurnTemplate(
        String template,
        String imagePlaceholder,
        String bosToken,
        String eosToken,
        String systemTemplate,
        String system,
        String answerTemplate) {

    public static final String IMAGE_PLACEHOLDER = "<ImageHere>";

    /** Reads a manifest's sections. Missing fields are taken from the other template. */
    public static TurnTemplate read(JsonConfig section, JsonConfig generation, TurnTemplate otherwise) {
        return new TurnTemplate(
                section.string("template", otherwise.template),
                section.string("image_placeholder", otherwise.imagePlaceholder),
                section.string("bos_token", otherwise.bosToken),
                generation.string("eos_token", otherwise.eosToken),
                section.string("system_template", otherwise.systemTemplate),
                section.string("system", otherwise.system),
                section.string("answer_template", otherwise.answerTemplate));
    }

    /** The same format with another template of a turn. */
    public TurnTemplate withTurn(String turn) {
        return new TurnTemplate(turn, imagePlaceholder, bosToken, eosToken, systemTemplate, system, answerTemplate);
    }

    /** @throws ConfigException if the tokenizer does not have the tokens that open a prompt and close an answer */
    void requireTokens(Set<String> controlTokens) {
        for (String token : List.of(bosToken, eosToken)) {
            if (!token.isEmpty() && !controlTokens.contains(token)) {
                throw new ConfigException("the prompt's '%s' is not a control token of the tokenizer".formatted(token));
            }
        }
    }
}
