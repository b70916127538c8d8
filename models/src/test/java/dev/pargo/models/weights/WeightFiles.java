package dev.pargo.models.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes weight files, sound and hostile ones. */
final class WeightFiles {

    private WeightFiles() {}

    static Path safetensors(Path file, String header, byte[] data) throws IOException {
        return safetensors(file, header.length(), header, data);
    }

    static Path safetensors(Path file, long claimedLength, String header, byte[] data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return Files.write(
                file,
                ByteBuffer.allocate(8 + text.length + data.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(claimedLength)
                        .put(text)
                        .put(data)
                        .array());
    }

    /** A {@code torch.save} archive of one pickle and one storage with key 0. */
    static Path torch(Path file, byte[] pickle, byte[] storage) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            store(zip, "archive/data.pkl", pickle);
            store(zip, "archive/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
            store(zip, "archive/data/0", storage);
        }
        return file;
    }

    static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** An archive as above whose numbers are all in zip64 fields, as in one of more than 4 GiB. */
    static Path zip64(Path file, byte[] pickle, byte[] storage) throws IOException {
        String[] names = {"archive/data.pkl", "archive/data/0"};
        byte[][] contents = {pickle, storage};
        ByteBuffer zip =
                ByteBuffer.allocate(4096 + pickle.length + storage.length).order(ByteOrder.LITTLE_ENDIAN);
        long[] offsets = new long[names.length];
        for (int i = 0; i < names.length; i++) {
            offsets[i] = zip.position();
            zip.putInt(0x04034b50).putShort((short) 45).putShort((short) 0).putShort((short) 0);
            zip.putInt(0).putInt(0).putInt(-1).putInt(-1);
            zip.putShort((short) names[i].length()).putShort((short) 0);
            zip.put(names[i].getBytes(StandardCharsets.US_ASCII)).put(contents[i]);
        }
        long directory = zip.position();
        for (int i = 0; i < names.length; i++) {
            zip.putInt(0x02014b50).putShort((short) 45).putShort((short) 45);
            zip.putShort((short) 0).putShort((short) 0).putInt(0).putInt(0);
            zip.putInt(-1).putInt(-1);
            zip.putShort((short) names[i].length()).putShort((short) (5 + 28)).putShort((short) 0);
            zip.putShort((short) 0).putShort((short) 0).putInt(0).putInt(-1);
            zip.put(names[i].getBytes(StandardCharsets.US_ASCII));
            // Another field before the zip64 field, which a reader must skip.
            zip.putShort((short) 0x5455).putShort((short) 1).put((byte) 0);
            zip.putShort((short) 1).putShort((short) 24);
            zip.putLong(contents[i].length).putLong(contents[i].length).putLong(offsets[i]);
        }
        long size = zip.position() - directory;
        long end = zip.position();
        zip.putInt(0x06064b50)
                .putLong(44)
                .putShort((short) 45)
                .putShort((short) 45)
                .putInt(0)
                .putInt(0);
        zip.putLong(names.length).putLong(names.length).putLong(size).putLong(directory);
        zip.putInt(0x07064b50).putInt(0).putLong(end).putInt(1);
        zip.putInt(0x06054b50)
                .putInt(0)
                .putShort((short) -1)
                .putShort((short) -1)
                .putInt(-1)
                .putInt(-1);
        zip.putShort((short) 0);
        byte[] bytes = new byte[zip.position()];
        zip.flip().get(bytes);
        return Files.write(file, bytes);
    }

    static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    /** Pickle opcodes (protocol 2), written one by one. */
    static final class Pickle {

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Pickle() {
            op(0x80).op(2);
        }

        Pickle op(int... bytes) {
            for (int b : bytes) {
                out.write(b);
            }
            return this;
        }

        Pickle int32(long value) {
            return op((int) value, (int) (value >> 8), (int) (value >> 16), (int) (value >> 24));
        }

        Pickle ascii(String text) {
            out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
            return this;
        }

        Pickle text(String text) {
            return op('X').int32(text.length()).ascii(text);
        }

        Pickle number(long value) {
            return op('J').int32(value);
        }

        Pickle numbers(long... values) {
            op('(');
            for (long value : values) {
                number(value);
            }
            return op('t');
        }

        Pickle global(String module, String name) {
            return op('c').ascii(module + "\n" + name + "\n");
        }

        /** A tensor over storage 0. */
        Pickle tensor(String storageType, long elements, long offset, long[] shape, long[] strides) {
            global("torch._utils", "_rebuild_tensor_v2").op('(', '(').text("storage");
            global("torch", storageType).text("0").text("cpu").number(elements).op('t', 'Q');
            number(offset).numbers(shape).numbers(strides).op(0x89);
            return global("collections", "OrderedDict").op(')', 'R', 't', 'R');
        }

        byte[] stop() {
            op('.');
            return out.toByteArray();
        }
    }
}
