package dev.pargo.models.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/**
 * Writes a zip archive of stored records, each beginning at a multiple of 64 bytes. {@code java.util.zip} does not
 * align records and needs the checksum before the content.
 */
final class ZipOutput {

    /** Where an archive is written to, from its start to its end. */
    interface Destination {

        long position();

        /** Writes all remaining bytes. */
        void write(ByteBuffer bytes);

        /** Overwrites bytes before the current position. The position does not change. */
        void rewrite(long position, ByteBuffer bytes);
    }

    private record Entry(byte[] name, int checksum, long size, long header) {}

    private static final int ALIGNMENT = 64;

    /** torch's own field for padding. */
    private static final short PADDING_EXTRA = 0x4246;

    private static final int EXTRA_HEADER_BYTES = 4;
    private static final int CHECKSUM_AT = 14;
    private static final short VERSION = 45;

    private final Destination file;
    private final List<Entry> entries = new ArrayList<>();

    ZipOutput(Destination file) {
        this.file = file;
    }

    /**
     * Writes a record.
     *
     * @param size    bytes of the content, less than 4 GiB
     * @param content writes the content
     */
    void add(String name, long size, Consumer<Consumer<ByteBuffer>> content) {
        if (size >= ZipDirectory.IN_ZIP64) {
            throw new IllegalArgumentException(
                    "record %s of %d bytes; at most 4 GiB are written".formatted(name, size));
        }
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        long header = file.position();
        int before = ZipDirectory.LOCAL_BYTES + nameBytes.length + EXTRA_HEADER_BYTES;
        int padding = (int) Math.floorMod(-(header + before), (long) ALIGNMENT);
        ByteBuffer local = buffer(before + padding);
        local.putInt(ZipDirectory.LOCAL).putShort(VERSION).putShort((short) 0).putShort((short) 0);
        local.putInt(0).putInt(0).putInt((int) size).putInt((int) size);
        local.putShort((short) nameBytes.length).putShort((short) (EXTRA_HEADER_BYTES + padding));
        local.put(nameBytes).putShort(PADDING_EXTRA).putShort((short) padding);
        file.write(local.rewind());

        CRC32 checksum = new CRC32();
        content.accept(bytes -> {
            checksum.update(bytes.duplicate());
            file.write(bytes);
        });
        int value = (int) checksum.getValue();
        file.rewrite(header + CHECKSUM_AT, buffer(Integer.BYTES).putInt(value).flip());
        entries.add(new Entry(nameBytes, value, size, header));
    }

    void add(String name, byte[] content) {
        add(name, content.length, out -> out.accept(ByteBuffer.wrap(content)));
    }

    /** Writes the directory. No record can be added after that. */
    void finish() {
        long start = file.position();
        entries.forEach(entry -> file.write(central(entry)));
        long end = file.position();
        ByteBuffer tail =
                buffer(ZipDirectory.ZIP64_END_BYTES + ZipDirectory.ZIP64_LOCATOR_BYTES + ZipDirectory.END_BYTES);
        tail.putInt(ZipDirectory.ZIP64_END).putLong(ZipDirectory.ZIP64_END_BYTES - 12);
        tail.putShort(VERSION).putShort(VERSION).putInt(0).putInt(0);
        tail.putLong(entries.size())
                .putLong(entries.size())
                .putLong(end - start)
                .putLong(start);
        tail.putInt(ZipDirectory.ZIP64_LOCATOR).putInt(0).putLong(end).putInt(1);
        short count = (short) Math.min(entries.size(), 0xffff);
        tail.putInt(ZipDirectory.END).putInt(0).putShort(count).putShort(count);
        tail.putInt((int) (end - start)).putInt((int) Math.min(start, ZipDirectory.IN_ZIP64));
        file.write(tail.rewind());
    }

    private static ByteBuffer central(Entry entry) {
        boolean far = entry.header() >= ZipDirectory.IN_ZIP64;
        int extra = far ? EXTRA_HEADER_BYTES + Long.BYTES : 0;
        ByteBuffer central = buffer(ZipDirectory.CENTRAL_BYTES + entry.name().length + extra);
        central.putInt(ZipDirectory.CENTRAL).putShort(VERSION).putShort(VERSION);
        central.putShort((short) 0).putShort((short) 0).putInt(0);
        central.putInt(entry.checksum()).putInt((int) entry.size()).putInt((int) entry.size());
        central.putShort((short) entry.name().length).putShort((short) extra);
        central.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
        central.putInt((int) (far ? ZipDirectory.IN_ZIP64 : entry.header())).put(entry.name());
        if (far) {
            central.putShort((short) ZipDirectory.ZIP64_EXTRA).putShort((short) Long.BYTES);
            central.putLong(entry.header());
        }
        return central.flip();
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
