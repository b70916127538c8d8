package dev.pargo.models.chat;

import java.util.List;

/** A piece of a written prompt, before it is tokenised. Texts that follow each other are tokenised apart. */
public sealed interface PromptPiece {

    /**
     * A control token that the tokenizer puts before every text. The text after it counts as the beginning of the
     * prompt.
     */
    record Opening(String token) implements PromptPiece {}

    /** A control token, by its name. */
    record Control(String token) implements PromptPiece {}

    /** Plain text. Words in it that look like control tokens stay text. */
    record Text(String text) implements PromptPiece {}

    /** Text of the model's format. Names of control tokens in it are control tokens. */
    record Words(String text) implements PromptPiece {}

    /** Tokens by their ids. */
    record Tokens(List<Integer> ids) implements PromptPiece {}

    /** A picture, by its number in the conversation. */
    record Picture(int index) implements PromptPiece {}
}
