package dev.pargo.evaluation.attack;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/** Attacks with valid bodies and pictures that are changed at random. */
final class MutationAttacks {

    private static final int CLIENTS = 6;

    private MutationAttacks() {}

    /**
     * @param count   number of bodies, and of pictures
     * @param picture a small PNG
     */
    static List<Attack> all(int count, byte[] picture) {
        return List.of(
                new Attack("%,d mutated bodies".formatted(count), target -> bodies(target, count, picture)),
                new Attack("%,d mutated pictures".formatted(count), target -> pictures(target, count, picture)));
    }

    private static void bodies(StackUnderAttack target, int count, byte[] picture) throws InterruptedException {
        List<byte[]> valid = List.of(
                ChatBody.text("What does the text say?", "\"max_tokens\":1"),
                ChatBody.text(
                        "?",
                        "\"stream\":true,\"stream_options\":{\"include_usage\":true},\"max_tokens\":2,\"temperature\":0.5,"
                                + "\"top_p\":0.9,\"stop\":[\"a\",\"b\"],\"seed\":7,\"n\":2,\"logprobs\":true,"
                                + "\"top_logprobs\":2,\"logit_bias\":{\"5\":1.5},\"presence_penalty\":0.1"),
                ChatBody.text("?", "\"max_tokens\":2,\"num_beams\":2,\"guided_choice\":[\"yes\",\"no\"]"),
                ChatBody.text("?", "\"max_tokens\":2,\"response_format\":{\"type\":\"json_object\"}"),
                ChatBody.picture(picture, "png"));
        Mutator mutator = new Mutator(target.random().nextLong());
        Crowd.share(count, CLIENTS, target.replies(), number -> {
            byte[] body = mutator.mutate(valid.get(number % valid.size()), number);
            target.post(body, shown(body));
        });
    }

    private static void pictures(StackUnderAttack target, int count, byte[] picture)
            throws IOException, InterruptedException {
        List<byte[]> valid = new ArrayList<>(List.of(picture, PictureAttacks.resource("small.webp")));
        for (String format : List.of("jpeg", "gif", "bmp")) {
            valid.add(converted(picture, format));
        }
        Mutator mutator = new Mutator(target.random().nextLong());
        Crowd.share(count, CLIENTS, target.replies(), number -> {
            byte[] mutated = mutator.mutate(valid.get(number % valid.size()), number);
            target.post(ChatBody.picture(mutated, "png"), "mutated picture %d".formatted(number));
        });
    }

    private static byte[] converted(byte[] picture, String format) throws IOException {
        BufferedImage read = ImageIO.read(new ByteArrayInputStream(picture));
        BufferedImage opaque = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        opaque.createGraphics().drawImage(read, 0, 0, 64, 64, null);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        if (!ImageIO.write(opaque, format, file)) {
            throw new IOException("this Java writes no " + format);
        }
        return file.toByteArray();
    }

    private static String shown(byte[] body) {
        String text = new String(body, UTF_8);
        return text.length() > 300 ? text.substring(0, 300) + "..." : text;
    }
}
