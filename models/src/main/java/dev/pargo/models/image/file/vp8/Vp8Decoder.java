package dev.pargo.models.image.file.vp8;

import dev.pargo.models.image.Bands;
import dev.pargo.models.image.ImageException;
import dev.pargo.models.image.Interruption;
import dev.pargo.models.image.file.vp8.FilterLevels.Strength;

/** Decodes a key frame of VP8, the picture of a lossy WebP file. Not thread-safe. */
public final class Vp8Decoder {

    private final FrameHeader header;
    private final Frame frame;
    private final MacroblockRow row;
    private final Residuals residuals;
    private final SubblockPrediction subblockPrediction = new SubblockPrediction();
    private final int[] columns = new int[16];

    /**
     * [height, width] in macroblocks: the segment, whether there are subblocks, and whether inner edges are filtered.
     */
    private final byte[] edges;

    private Vp8Decoder(FrameHeader header) {
        this.header = header;
        this.frame = Frame.allocate((header.width() + 15) / 16, (header.height() + 15) / 16);
        this.row = new MacroblockRow(header, frame.width());
        this.residuals = new Residuals(header.coefficients(), frame.width());
        this.edges = new byte[frame.width() * frame.height()];
    }

    /**
     * Decodes a frame.
     *
     * @param file where the frame is {@code length} bytes from {@code from} on
     * @return shape [height, width, 3], one byte 0..255 for each value
     * @throws ImageException if the frame is damaged or ends too early
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    public static byte[] decode(byte[] file, int from, int length) {
        Vp8Decoder decoder = new Vp8Decoder(FrameHeader.read(file, from, length));
        decoder.reconstruct();
        decoder.filter();
        return decoder.toRgb();
    }

    private void reconstruct() {
        for (int y = 0; y < frame.height(); y++) {
            Interruption.check();
            BoolDecoder partition = header.partitions()[y & header.partitions().length - 1];
            row.read();
            residuals.startRow();
            if (y > 0) {
                repeatLastPixel(16 * y - 1);
            }
            for (int x = 0; x < frame.width(); x++) {
                boolean any = readResiduals(partition, x);
                int inner = any || row.subblocks[x] ? 1 : 0;
                edges[y * frame.width() + x] = (byte) (row.segment[x] << 2 | (row.subblocks[x] ? 2 : 0) | inner);
                reconstructLuma(x, y, any);
                reconstructChroma(frame.u(), x, y, 16, any);
                reconstructChroma(frame.v(), x, y, 20, any);
            }
            if (header.modes().isExhausted() || partition.isExhausted()) {
                throw ImageException.incomplete();
            }
        }
    }

    /**
     * The last macroblock of a row has no neighbour above on the right; the last pixel above is used for the missing
     * pixels.
     */
    private void repeatLastPixel(int y) {
        int end = frame.luma().at(16 * frame.width(), y);
        byte[] samples = frame.luma().samples();
        for (int i = 0; i < Plane.MARGIN; i++) {
            samples[end + i] = samples[end - 1];
        }
    }

    private boolean readResiduals(BoolDecoder partition, int x) {
        if (row.skipped[x]) {
            residuals.skip(x, row.subblocks[x]);
            return false;
        }
        return residuals.read(partition, x, row.subblocks[x], header.quantizers()[row.segment[x]]);
    }

    private void reconstructLuma(int x, int y, boolean any) {
        Plane plane = frame.luma();
        if (!row.subblocks[x]) {
            BlockPrediction.predict(plane, row.lumaModes[16 * x], x, y, 16);
        }
        for (int block = 0; block < 16; block++) {
            int column = block & 3;
            int at = plane.at(16 * x + 4 * column, 16 * y + (block & ~3));
            if (row.subblocks[x]) {
                int aboveRight = column == 3 ? plane.at(16 * x + 16, 16 * y - 1) : at - plane.stride() + 4;
                subblockPrediction.predict(plane, row.lumaModes[16 * x + block], at, aboveRight);
            }
            if (any) {
                addResidual(block, plane, at);
            }
        }
    }

    private void reconstructChroma(Plane plane, int x, int y, int firstBlock, boolean any) {
        BlockPrediction.predict(plane, row.chromaMode[x], x, y, 8);
        for (int i = 0; any && i < 4; i++) {
            addResidual(firstBlock + i, plane, plane.at(8 * x + 4 * (i & 1), 8 * y + 4 * (i >> 1)));
        }
    }

    private void addResidual(int block, Plane plane, int at) {
        switch (residuals.work[block]) {
            case Residuals.ALL -> Transforms.add(residuals.coefficients, 16 * block, plane, at, columns);
            case Residuals.FIRST_ONLY -> Transforms.addFirst(residuals.coefficients[16 * block], plane, at);
            default -> {}
        }
    }

    private void filter() {
        if (header.filter().level() == 0) {
            return;
        }
        Strength[] strengths = new Strength[2 * Segments.COUNT];
        for (int i = 0; i < strengths.length; i++) {
            int level = header.segments().filter(i >> 1, header.filter().level());
            strengths[i] = header.filter().strength(level, (i & 1) == 1);
        }
        LoopFilter filter = new LoopFilter(header.filter().simple());
        for (int y = 0; y < frame.height(); y++) {
            Interruption.check();
            for (int x = 0; x < frame.width(); x++) {
                int edge = edges[y * frame.width() + x];
                Strength strength = strengths[edge >> 1];
                if (strength.limit() > 0) {
                    filter.filter(frame, x, y, strength, (edge & 1) == 1);
                }
            }
        }
    }

    private byte[] toRgb() {
        int width = header.width();
        int height = header.height();
        byte[] rgb = new byte[3 * width * height];
        Bands.process(width, height, (from, end) -> {
            YuvToRgb conversion = new YuvToRgb(frame, width, height);
            for (int y = from; y < end; y++) {
                conversion.convert(y, rgb, 3 * width * y);
            }
        });
        return rgb;
    }
}
