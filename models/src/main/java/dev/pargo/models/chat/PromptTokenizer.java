package dev.pargo.models.chat;

import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.picture.PictureNotation;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.tokenizer.ControlWords;
import dev.pargo.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns a written prompt into the parts that a decoder reads. Text is tokenised without special tokens. A picture is
 * written as its model expects it: visual tokens, with text around and between them. That text is tokenised together
 * with the text before and after it. The time is proportional to the text. Thread-safe.
 */
public final class PromptTokenizer {

    private final Tokenizer tokenizer;
    private final PictureNotation notation;
    private final ControlWords control;

    /** @param notation how pictures are written in prompts */
    public PromptTokenizer(Tokenizer tokenizer, PictureNotation notation) {
        this.tokenizer = tokenizer;
        this.notation = notation;
        this.control = new ControlWords(tokenizer.controlTokens());
    }

    /**
     * Tokenises a prompt.
     *
     * @param pictures the rows of each picture
     * @return in reading order
     * @throws IllegalArgumentException if a control token or a picture does not exist
     */
    public List<PromptPart> tokenize(List<PromptPiece> prompt, List<PictureRows> pictures) {
        Parts parts = new Parts();
        boolean afterText = false;
        for (PromptPiece piece : prompt) {
            boolean isText = piece instanceof PromptPiece.Text;
            if (afterText && isText) {
                parts.endText();
            }
            afterText = isText;
            if (piece instanceof PromptPiece.Text text) {
                parts.text.append(text.text());
            } else if (piece instanceof PromptPiece.Opening opening) {
                parts.add(token(opening.token()));
            } else if (piece instanceof PromptPiece.Control word) {
                parts.control(word.token());
            } else if (piece instanceof PromptPiece.Words words) {
                parts.words(words.text());
                parts.endText();
            } else if (piece instanceof PromptPiece.Tokens tokens) {
                parts.tokens(tokens.ids());
            } else if (piece instanceof PromptPiece.Picture picture) {
                write(pictures.get(picture.index()), parts);
            }
        }
        parts.endText();
        return parts.all;
    }

    private PromptPart token(String name) {
        int id = tokenizer
                .controlToken(name)
                .orElseThrow(() -> new IllegalArgumentException("the model has no control token '%s'".formatted(name)));
        return new PromptPart.Tokens(new int[] {id});
    }

    private void write(PictureRows picture, Parts parts) {
        int row = 0;
        for (PictureNotation.Part part : notation.write(picture.layout())) {
            if (part instanceof PictureNotation.Run run) {
                int count = run.grid().cells();
                parts.endText();
                parts.add(new PromptPart.Visual(picture.rows().rows(row, count), run.grid()));
                parts.begun = true;
                row += count;
            } else if (part instanceof PictureNotation.Text text) {
                parts.words(text.text());
            }
        }
    }

    /** The finished parts, and the text that is still being collected. */
    private final class Parts {

        private final List<PromptPart> all = new ArrayList<>();
        private final StringBuilder text = new StringBuilder();
        private boolean begun;

        void add(PromptPart part) {
            all.add(part);
        }

        void tokens(List<Integer> ids) {
            endText();
            add(new PromptPart.Tokens(ids.stream().mapToInt(Integer::intValue).toArray()));
            begun = true;
        }

        void control(String name) {
            endText();
            add(token(name));
            begun = true;
        }

        /** Adds text of the model's format, in which names of control tokens are control tokens. */
        void words(String words) {
            for (int i = 0; i < words.length(); ) {
                int length = control.longestAt(words, i);
                if (length > 0) {
                    control(words.substring(i, i + length));
                    i += length;
                } else {
                    text.append(words.charAt(i++));
                }
            }
        }

        /** Ends a text: the text after it is tokenised separately. */
        void endText() {
            if (text.isEmpty()) {
                return;
            }
            int[] ids = begun ? tokenizer.encodeInside(text.toString()) : tokenizer.encode(text.toString());
            if (ids.length > 0) {
                add(new PromptPart.Tokens(ids));
            }
            begun = true;
            text.setLength(0);
        }
    }
}
