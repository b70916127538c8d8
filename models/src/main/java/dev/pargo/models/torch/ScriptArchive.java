package dev.pargo.models.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs TorchScript source into the archive that {@code torch::jit::load} reads: a stored zip with the code, a pickled
 * instance of the module's class without attributes, and no constants.
 */
final class ScriptArchive {

    /** A module of class {@code __torch__.Program} with an empty state (pickle protocol 2). */
    private static final String MODULE_PICKLE = "\u0080\u0002c__torch__\nProgram\n)\u0081}b.";

    private static final String NO_CONSTANTS_PICKLE = "\u0080\u0002).";

    private ScriptArchive() {}

    static byte[] pack(String main, List<String> library) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "program/data.pkl", MODULE_PICKLE.getBytes(StandardCharsets.ISO_8859_1));
            store(zip, "program/code/__torch__.py", source(main));
            for (String name : library) {
                store(zip, "program/code/__torch__/" + name + ".py", source(name));
            }
            store(zip, "program/constants.pkl", NO_CONSTANTS_PICKLE.getBytes(StandardCharsets.ISO_8859_1));
            store(zip, "program/version", "10\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] source(String name) throws IOException {
        try (InputStream in = ScriptArchive.class.getResourceAsStream("/torchscript/" + name + ".py")) {
            if (in == null) {
                throw new IllegalArgumentException("no TorchScript source named " + name);
            }
            return in.readAllBytes();
        }
    }

    /** The loader maps the archive unchanged, so entries are stored, not deflated. */
    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
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
}
