package dev.pargo.models.chat;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.tokenizer.Tokenizer;
import java.util.List;
import java.util.stream.Collectors;

/** Prompts in a readable form: control tokens in (), numbers of pictures in [], text unchanged. */
public final class Written {

    private Written() {}

    public static String of(PromptFormat format, Dialogue conversation) {
        return of(format.write(conversation));
    }

    public static String of(List<PromptPiece> prompt) {
        return prompt.stream().map(Written::of).collect(Collectors.joining());
    }

    private static String of(PromptPiece piece) {
        if (piece instanceof PromptPiece.Opening opening) {
            return "(" + opening.token() + ")";
        }
        if (piece instanceof PromptPiece.Control control) {
            return "(" + control.token() + ")";
        }
        if (piece instanceof PromptPiece.Picture picture) {
            return "[" + picture.index() + "]";
        }
        return ((PromptPiece.Text) piece).text();
    }

    /** A bundle's prompt for two turns with instructions and a picture. */
    public static String example(ModelBundle bundle) {
        try (Tokenizer tokenizer = bundle.tokenizer()) {
            return of(
                    bundle.promptFormat(tokenizer),
                    Dialogue.of(
                            DialogueMessage.text(DialogueMessage.SYSTEM, "Be brief."),
                            DialogueMessage.question("What is it?"),
                            DialogueMessage.text(DialogueMessage.ASSISTANT, "A dog."),
                            DialogueMessage.text(DialogueMessage.USER, "Sure?")));
        }
    }
}
