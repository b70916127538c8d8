package dev.pargo.models.weights;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Directory of a zip archive (with zip64) whose records are stored, not deflated, so that each is a range of the file.
 * {@code java.util.zip} does not tell the position of a record's bytes.
 */
final class ZipDirectory {

    /** A record's bytes within the archive. */
    record Range(long offset, long size) {}

    private record Entry(int flags, int method, long compressed, long size, long header) {}

    static final int END = 0x06054b50;
    static final int END_BYTES = 22;
    static final int ZIP64_LOCATOR = 0x07064b50;
    static final int ZIP64_LOCATOR_BYTES = 20;
    static final int ZIP64_END = 0x06064b50;
    static final int ZIP64_END_BYTES = 56;
    static final int CENTRAL = 0x02014b50;
    static final int CENTRAL_BYTES = 46;
    static final int LOCAL = 0x04034b50;
    static final int LOCAL_BYTES = 30;
    static final int ZIP64_EXTRA = 1;
    private static final int ENCRYPTED = 1;
    private static final int MAX_COMMENT_BYTES = 0xffff;
    static final long IN_ZIP64 = 0xffffffffL;
    private static final long MAX_DIRECTORY_BYTES = 16 << 20;

    private final WeightFile file;
    private final long end;
    private final Map<String, Entry> entries;

    private ZipDirectory(WeightFile file, long end, Map<String, Entry> entries) {
        this.file = file;
        this.end = end;
        this.entries = entries;
    }

    static ZipDirectory read(WeightFile file) {
        int tailBytes = (int) Math.min(file.size(), END_BYTES + MAX_COMMENT_BYTES);
        long tailStart = file.size() - tailBytes;
        ByteBuffer tail = file.read(tailStart, tailBytes);
        for (int at = tailBytes - END_BYTES; at >= 0; at--) {
            if (tail.getInt(at) == END && u16(tail, at + 20) == tailBytes - END_BYTES - at) {
                return read(file, tailStart + at, u32(tail, at + 12), u32(tail, at + 16));
            }
        }
        throw file.problem("is truncated: the zip archive has no directory");
    }

    private static ZipDirectory read(WeightFile file, long limit, long size, long offset) {
        if (size == IN_ZIP64 || offset == IN_ZIP64) {
            ByteBuffer locator = file.read(limit - ZIP64_LOCATOR_BYTES, ZIP64_LOCATOR_BYTES);
            long position = locator.getLong(8);
            if (locator.getInt(0) != ZIP64_LOCATOR) {
                throw file.problem("the zip archive has no zip64 locator");
            }
            ByteBuffer end = file.read(position, ZIP64_END_BYTES);
            if (end.getInt(0) != ZIP64_END) {
                throw file.problem("the zip archive has no zip64 directory");
            }
            return central(file, position, end.getLong(40), end.getLong(48));
        }
        return central(file, limit, size, offset);
    }

    private static ZipDirectory central(WeightFile file, long limit, long size, long offset) {
        if (size < 0 || size > MAX_DIRECTORY_BYTES || offset < 0 || offset > limit - size) {
            throw file.problem("zip directory of %s bytes at %s; it ends before %d and has at most %d"
                    .formatted(Long.toUnsignedString(size), Long.toUnsignedString(offset), limit, MAX_DIRECTORY_BYTES));
        }
        ByteBuffer directory = file.read(offset, (int) size);
        Map<String, Entry> entries = new LinkedHashMap<>();
        while (directory.hasRemaining()) {
            int at = directory.position();
            if (directory.remaining() < CENTRAL_BYTES || directory.getInt(at) != CENTRAL) {
                throw file.problem("malformed zip directory");
            }
            int nameBytes = u16(directory, at + 28);
            int extraBytes = u16(directory, at + 30);
            int entryBytes = CENTRAL_BYTES + nameBytes + extraBytes + u16(directory, at + 32);
            if (directory.remaining() < entryBytes) {
                throw file.problem("malformed zip directory");
            }
            String name = new String(directory.array(), at + CENTRAL_BYTES, nameBytes, StandardCharsets.UTF_8);
            ByteBuffer extra =
                    directory.slice(at + CENTRAL_BYTES + nameBytes, extraBytes).order(directory.order());
            if (entries.put(name, entry(file, directory, at, zip64Field(extra))) != null) {
                throw file.problem("two zip records named " + name);
            }
            directory.position(at + entryBytes);
        }
        return new ZipDirectory(file, offset, entries);
    }

    private static Entry entry(WeightFile file, ByteBuffer directory, int at, ByteBuffer zip64) {
        long[] fields = {u32(directory, at + 24), u32(directory, at + 20), u32(directory, at + 42)};
        // The zip64 field contains only the numbers that the entry itself leaves out, in this order.
        for (int i = 0; i < fields.length; i++) {
            if (fields[i] == IN_ZIP64) {
                if (zip64.remaining() < Long.BYTES) {
                    throw file.problem("malformed zip64 record");
                }
                fields[i] = zip64.getLong();
            }
        }
        return new Entry(u16(directory, at + 8), u16(directory, at + 10), fields[1], fields[0], fields[2]);
    }

    /** The content of the zip64 extra field, or nothing. */
    private static ByteBuffer zip64Field(ByteBuffer extra) {
        while (extra.remaining() >= 4) {
            int id = Short.toUnsignedInt(extra.getShort());
            int bytes = Math.min(Short.toUnsignedInt(extra.getShort()), extra.remaining());
            if (id == ZIP64_EXTRA) {
                return extra.slice(extra.position(), bytes).order(extra.order());
            }
            extra.position(extra.position() + bytes);
        }
        return extra.position(extra.limit());
    }

    Set<String> names() {
        return entries.keySet();
    }

    boolean contains(String name) {
        return entries.containsKey(name);
    }

    /**
     * The position of the record's bytes. A deflated record is refused: it cannot be mapped, and it could be a bomb.
     */
    Range range(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw file.problem("has no record " + name);
        }
        if (entry.method() != 0 || (entry.flags() & ENCRYPTED) != 0 || entry.compressed() != entry.size()) {
            throw file.problem("record %s is compressed or encrypted".formatted(name));
        }
        ByteBuffer local = file.read(entry.header(), LOCAL_BYTES);
        if (local.getInt(0) != LOCAL) {
            throw file.problem("record %s has no header".formatted(name));
        }
        long offset = entry.header() + LOCAL_BYTES + u16(local, 26) + u16(local, 28);
        if (entry.size() < 0 || offset > end - entry.size()) {
            throw file.problem("record %s does not lie within the archive".formatted(name));
        }
        return new Range(offset, entry.size());
    }

    private static int u16(ByteBuffer buffer, int at) {
        return Short.toUnsignedInt(buffer.getShort(at));
    }

    private static long u32(ByteBuffer buffer, int at) {
        return Integer.toUnsignedLong(buffer.getInt(at));
    }
}
