package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageConvention;
import dev.pargo.models.image.ImageException;
import dev.pargo.models.image.Interruption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * A PNG file. Only the chunks that define the pixels are read (and EXIF and XMP data for the orientation), so colour profiles
 * and other texts are never unpacked. The checksums of these chunks must be correct. The last chunk, {@code IEND}, may be
 * missing.
 */
record PngFile(Bytes file, PngHeader header) implements EncodedImage {

    static final String SIGNATURE = "\u0089PNG\r\n\u001a\n";

    private static final int HEADER = chunkType("IHDR");
    private static final int COLORS = chunkType("PLTE");
    private static final int TRANSPARENCY = chunkType("tRNS");
    private static final int DATA = chunkType("IDAT");
    private static final int END = chunkType("IEND");
    private static final int EXIF = chunkType("eXIf");
    private static final int INTERNATIONAL_TEXT = chunkType("iTXt");
    private static final int TEXT = chunkType("tEXt");
    private static final int COMPRESSED_TEXT = chunkType("zTXt");
    private static final Set<Integer> PIXEL_CHUNKS = Set.of(HEADER, COLORS, TRANSPARENCY, DATA);

    private static final int NO_CONTENT = 12;

    /** Largest compression ratio of deflate. */
    private static final int MAX_COMPRESSION = 1032;

    /** Position of a chunk's content. */
    private record Chunk(int type, int at, int length) {}

    static PngFile parse(Bytes file) {
        if (!file.hasText(12, "IHDR")) {
            throw ImageException.damaged();
        }
        return new PngFile(file, PngHeader.read(file, SIGNATURE.length() + 8));
    }

    @Override
    public int width() {
        return header.width();
    }

    @Override
    public int height() {
        return header.height();
    }

    @Override
    public Orientation orientation() {
        byte[] exif = null;
        byte[] rawProfile = null;
        byte[] xmp = null;
        for (Chunk chunk : chunks()) {
            if (chunk.type == EXIF) {
                exif = file.copy(chunk.at, chunk.length);
            } else if (chunk.type == TEXT && rawProfile == null) {
                rawProfile = PngRawProfile.ofText(file, chunk.at, chunk.length);
            } else if (chunk.type == COMPRESSED_TEXT && rawProfile == null) {
                rawProfile = PngRawProfile.ofCompressedText(file, chunk.at, chunk.length);
            } else if (chunk.type == INTERNATIONAL_TEXT && file.hasText(chunk.at, "XML:com.adobe.xmp\0")) {
                xmp = file.copy(chunk.at, chunk.length);
            }
        }
        return Orientation.of(exif == null ? rawProfile : exif, xmp);
    }

    @Override
    public Pixels decode(ImageConvention convention) {
        List<Chunk> data = new ArrayList<>();
        byte[] palette = {};
        byte[] transparency = {};
        long compressed = 0;
        for (Chunk chunk : chunks()) {
            if (!PIXEL_CHUNKS.contains(chunk.type)) {
                continue;
            }
            checkSum(chunk);
            if (chunk.type == DATA) {
                data.add(chunk);
                compressed += chunk.length;
            } else if (chunk.type == COLORS) {
                palette = file.copy(chunk.at, chunk.length);
            } else if (chunk.type == TRANSPARENCY) {
                transparency = file.copy(chunk.at, chunk.length);
            }
        }
        if (header.bytes() > compressed * MAX_COMPRESSION) {
            throw ImageException.incomplete();
        }
        PngSamples samples = PngSamples.of(header, palette, transparency, convention);
        PixelRows pixels = new PixelRows(header.width(), header.height(), samples.areTransparent());
        try (PngScanlines scanlines = new PngScanlines(compressedParts(data), header.bytesPerPixel())) {
            for (PngHeader.Pass pass : header.passes()) {
                read(pass, scanlines, samples, pixels);
            }
        }
        return pixels.finish();
    }

    private void read(PngHeader.Pass pass, PngScanlines scanlines, PngSamples samples, PixelRows pixels) {
        int columns = pass.columns(header.width());
        if (columns == 0) {
            return;
        }
        scanlines.startPass(header.bytes(columns));
        for (int y = pass.top(); y < header.height(); y += pass.stepY()) {
            Interruption.check();
            byte[] row = scanlines.next();
            pixels.reserve(y + 1);
            samples.convert(row, columns, pixels, y * header.width() + pass.left(), pass.stepX());
        }
    }

    private List<PngScanlines.Part> compressedParts(List<Chunk> data) {
        return data.stream()
                .map(chunk -> new PngScanlines.Part(file.array(), chunk.at, chunk.length))
                .toList();
    }

    /** The chunks before the end. An incomplete last chunk is left out, unless it holds pixels. */
    private List<Chunk> chunks() {
        List<Chunk> chunks = new ArrayList<>();
        int at = SIGNATURE.length();
        while (at <= file.length() - NO_CONTENT) {
            int length = file.i32be(at);
            int type = file.i32be(at + 4);
            if (type == END) {
                break;
            }
            if (length < 0 || length > file.length() - at - NO_CONTENT) {
                if (PIXEL_CHUNKS.contains(type)) {
                    throw ImageException.incomplete();
                }
                break;
            }
            chunks.add(new Chunk(type, at + 8, length));
            at += NO_CONTENT + length;
        }
        return chunks;
    }

    private void checkSum(Chunk chunk) {
        CRC32 crc = new CRC32();
        crc.update(file.array(), chunk.at - 4, chunk.length + 4);
        if ((int) crc.getValue() != file.i32be(chunk.at + chunk.length)) {
            throw ImageException.damaged();
        }
    }

    private static int chunkType(String name) {
        return name.charAt(0) << 24 | name.charAt(1) << 16 | name.charAt(2) << 8 | name.charAt(3);
    }
}
