package dev.pargo.llm.grpc;

import com.google.protobuf.ByteString;
import dev.pargo.llm.engine.GenerationListener.Piece;
import dev.pargo.models.llm.SampleLogprobs;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.v1.FinishReason;
import dev.pargo.proto.v1.TextDelta;
import dev.pargo.proto.v1.TokenLogprob;
import dev.pargo.proto.v1.TokenLogprobs;
import dev.pargo.proto.v1.VisualAttention;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/** The pieces of one answer that are written and not yet sent. Not thread-safe. */
final class PendingAnswer {

    /** A message with this number of bytes is closed. Even with one more piece it is far below the limit of 1 MiB. */
    private static final int MESSAGE_BYTES = 256 * 1024;

    /** Length of a piece's text in characters, each of at most three bytes. */
    private static final int PIECE_CHARS = 64 * 1024;

    private static final int BYTES_PER_TOKEN = 16;

    /** Bytes of a weight of attention, which has 16 bits. */
    private static final int LARGEST_LEVEL = 0xffff;

    private final int choice;
    private final Tokenizer tokenizer;
    private final Queue<Piece> pieces = new ArrayDeque<>();
    private long bytes;

    /** Whether a text stands before the next token: the prompt's, or that of a token that has been taken out. */
    private boolean begun;

    /** @param continues whether the answer goes on with the prompt's last text */
    PendingAnswer(int choice, Tokenizer tokenizer, boolean continues) {
        this.choice = choice;
        this.tokenizer = tokenizer;
        this.begun = continues;
    }

    boolean isEmpty() {
        return pieces.isEmpty();
    }

    void add(Piece piece) {
        String text = piece.text();
        int[] ids = piece.ids();
        List<SampleLogprobs> logprobs = piece.logprobs();
        List<float[]> attention = piece.attention();
        while (text.length() > PIECE_CHARS) {
            int cut = Character.isHighSurrogate(text.charAt(PIECE_CHARS - 1)) ? PIECE_CHARS - 1 : PIECE_CHARS;
            append(new Piece(choice, text.substring(0, cut), ids, logprobs, attention, null));
            text = text.substring(cut);
            ids = new int[0];
            logprobs = List.of();
            attention = List.of();
        }
        append(new Piece(choice, text, ids, logprobs, attention, piece.reason()));
    }

    /** Memory of all pieces in bytes. */
    long bytes() {
        return bytes;
    }

    private void append(Piece piece) {
        pieces.add(piece);
        bytes += bytes(piece);
    }

    /** An estimate; alternatives count as tokens. */
    private static long bytes(Piece piece) {
        long tokens = piece.ids().length;
        for (SampleLogprobs logprobs : piece.logprobs()) {
            tokens += 1 + logprobs.topIds().length;
        }
        long weights = piece.attention().stream().mapToLong(each -> each.length).sum();
        return 3L * piece.text().length() + BYTES_PER_TOKEN * tokens + Float.BYTES * weights;
    }

    /** Takes out the pieces of one message. */
    TextDelta next() {
        TextDelta.Builder delta = TextDelta.newBuilder().setChoice(choice);
        StringBuilder text = new StringBuilder();
        int size = 0;
        while (size < MESSAGE_BYTES && !pieces.isEmpty()) {
            Piece piece = pieces.remove();
            bytes -= bytes(piece);
            text.append(piece.text());
            size += 3 * piece.text().length() + BYTES_PER_TOKEN * piece.ids().length;
            for (int i = 0; i < piece.ids().length; i++) {
                delta.addTokenIds(piece.ids()[i]);
                if (!piece.logprobs().isEmpty()) {
                    TokenLogprobs logprobs =
                            logprobs(piece.ids()[i], piece.logprobs().get(i));
                    size += logprobs.getSerializedSize();
                    delta.addLogprobs(logprobs);
                }
                if (!piece.attention().isEmpty()) {
                    VisualAttention attention =
                            attention(piece.ids()[i], piece.attention().get(i));
                    size += attention.getSerializedSize();
                    delta.addAttention(attention);
                }
                begun |= tokenizer.bytes(piece.ids()[i]).length > 0;
            }
            if (piece.reason() != null) {
                delta.setFinishReason(
                        switch (piece.reason()) {
                            case STOP -> FinishReason.STOP;
                            case LENGTH -> FinishReason.LENGTH;
                        });
            }
        }
        return delta.setText(text.toString()).build();
    }

    private TokenLogprobs logprobs(int id, SampleLogprobs logprobs) {
        TokenLogprobs.Builder all = TokenLogprobs.newBuilder().setChosen(logprob(id, logprobs.chosen()));
        for (int i = 0; i < logprobs.topIds().length; i++) {
            all.addTop(logprob(logprobs.topIds()[i], logprobs.topLogprobs()[i]));
        }
        return all.build();
    }

    private VisualAttention attention(int id, float[] weights) {
        float largest = 0;
        for (float weight : weights) {
            largest = Math.max(largest, weight);
        }
        float unit = largest / LARGEST_LEVEL;
        ByteBuffer levels = ByteBuffer.allocate(weights.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float weight : weights) {
            levels.putShort((short) (unit == 0 ? 0 : Math.round(weight / unit)));
        }
        return VisualAttention.newBuilder()
                .setText(text(id))
                .setLargest(largest)
                .setWeights(ByteString.copyFrom(levels.flip()))
                .build();
    }

    private TokenLogprob logprob(int id, float logprob) {
        return TokenLogprob.newBuilder()
                .setTokenId(id)
                .setLogprob(logprob)
                .setText(text(id))
                .build();
    }

    /** The texts of all tokens join to the answer's text. */
    private ByteString text(int id) {
        return ByteString.copyFrom(begun ? tokenizer.bytes(id) : tokenizer.firstBytes(id));
    }
}
