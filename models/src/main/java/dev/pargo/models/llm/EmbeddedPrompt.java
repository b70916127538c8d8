package dev.pargo.models.llm;

import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.FloatCodec;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.weights.MappedRows;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * A prompt as one matrix [tokens, width]: rows of the embedding table, with visual tokens between them. The rows are
 * made when they are read, so the matrix is never in memory as a whole. Its type is that of all its parts, or float32
 * if they have different ones. Immutable, thread-safe.
 */
public final class EmbeddedPrompt implements Iterable<ByteBuffer> {

    private final MappedRows table;
    private final List<PromptPart> parts;
    private final DType dtype;

    EmbeddedPrompt(MappedRows table, List<PromptPart> parts) {
        this.table = table;
        this.parts = List.copyOf(parts);
        List<DType> types = parts.stream()
                .map(part -> part instanceof PromptPart.Visual visual
                        ? visual.tokens().dtype()
                        : table.dtype())
                .distinct()
                .toList();
        this.dtype = types.size() == 1 ? types.get(0) : DType.FLOAT32;
    }

    public DType dtype() {
        return dtype;
    }

    /** Tokens and width. */
    public long[] shape() {
        return new long[] {parts.stream().mapToLong(PromptPart::length).sum(), table.width()};
    }

    /** The elements, row by row, little-endian. */
    @Override
    public Iterator<ByteBuffer> iterator() {
        return new Iterator<>() {

            private int part;
            private int row;

            @Override
            public boolean hasNext() {
                return part < parts.size();
            }

            @Override
            public ByteBuffer next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                PromptPart current = parts.get(part);
                ByteBuffer next = row(current, row++);
                if (row == current.length()) {
                    part++;
                    row = 0;
                }
                return next;
            }
        };
    }

    private ByteBuffer row(PromptPart part, int index) {
        if (part instanceof PromptPart.Visual visual) {
            HostTensor tokens = visual.tokens();
            return converted(tokens.rows(index, 1).data().duplicate(), tokens.dtype());
        }
        return converted(table.row(((PromptPart.Tokens) part).ids()[index]), table.dtype());
    }

    private ByteBuffer converted(ByteBuffer row, DType from) {
        return from == dtype ? row : FloatCodec.write(FloatCodec.read(row, from), dtype);
    }
}
