package dev.pargo.models.inspect;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.chat.ConversationException;
import dev.pargo.models.chat.Dialogue;
import dev.pargo.models.chat.DialogueMessage;
import dev.pargo.models.chat.PromptFormat;
import dev.pargo.models.chat.PromptPiece;
import dev.pargo.models.chat.PromptTokenizer;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a bundle writes an example conversation: two turns, the first with a picture of {@value #WIDTH} x {@value #HEIGHT} pixels if
 * the model takes pictures.
 *
 * @param origin  where the format comes from; empty if it cannot be used
 * @param tools   whether the format has a place for tools
 * @param text    the prompt; a picture is written as {@code [picture]}
 * @param tokens  token ids; a run of visual tokens is written as {@code [576 visual tokens]}
 * @param problem why there is no prompt; null if there is one
 */
public record PromptReport(
        String origin,
        boolean tools,
        String text,
        List<String> tokens,
        @Nullable String problem) {

    static final int WIDTH = 640;
    static final int HEIGHT = 480;

    static PromptReport of(ModelBundle bundle) {
        try (Tokenizer tokenizer = bundle.tokenizer()) {
            PromptFormat format = bundle.promptFormat(tokenizer);
            List<PictureRows> pictures = bundle.seesPictures() ? List.of(picture(bundle)) : List.of();
            List<PromptPiece> pieces = format.write(example(bundle.seesPictures()));
            List<PromptPart> parts = new PromptTokenizer(tokenizer, bundle.notation()).tokenize(pieces, pictures);
            return new PromptReport(
                    format.origin(),
                    format.knowsTools(),
                    pieces.stream().map(PromptReport::text).collect(Collectors.joining()),
                    parts.stream().flatMap(PromptReport::tokens).toList(),
                    null);
        } catch (ConfigException | ConversationException e) {
            return new PromptReport("", false, "", List.of(), e.getMessage());
        }
    }

    private static Dialogue example(boolean withPicture) {
        String question = "What is this?";
        return Dialogue.of(
                withPicture ? DialogueMessage.question(question) : DialogueMessage.text(DialogueMessage.USER, question),
                DialogueMessage.text(DialogueMessage.ASSISTANT, "A dog."),
                DialogueMessage.text(DialogueMessage.USER, "Which colour has it?"));
    }

    /** Visual tokens of the right layout, without values. */
    private static PictureRows picture(ModelBundle bundle) {
        PictureLayout pixels = bundle.pictures().layout(WIDTH, HEIGHT, true);
        PictureLayout visual =
                bundle.projector().config().layout(bundle.vision().config().layout(pixels));
        return new PictureRows(visual, HostTensor.allocate(DType.FLOAT32, visual.cells(), 1));
    }

    private static String text(PromptPiece piece) {
        if (piece instanceof PromptPiece.Text text) {
            return text.text();
        }
        if (piece instanceof PromptPiece.Opening opening) {
            return opening.token();
        }
        return piece instanceof PromptPiece.Control control ? control.token() : "[picture]";
    }

    private static Stream<String> tokens(PromptPart part) {
        return part instanceof PromptPart.Tokens tokens
                ? Arrays.stream(tokens.ids()).mapToObj(String::valueOf)
                : Stream.of("[%d visual tokens]".formatted(part.length()));
    }
}
