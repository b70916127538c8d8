package dev.pargo.models.bundle;

/**
 * How a model was trained to be asked.
 *
 * @param template         one turn with its image and its question, {@code {question}}
 * @param imagePlaceholder stands for the visual tokens in the template
 * @param bosToken         control token that opens the prompt; empty for none
 * @param eosToken         control token that closes an answer
 */
public record Prompt(String template, String imagePlaceholder, String bosToken, String eosToken) {

    static final String IMAGE_PLACEHOLDER = "<ImageHere>";
}
