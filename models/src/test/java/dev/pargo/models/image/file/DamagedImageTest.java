package dev.pargo.models.image.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pargo.models.image.ImageConvention;
import dev.pargo.models.image.ImageException;
import dev.pargo.models.image.ImageException.Reason;
import dev.pargo.models.image.RgbImage;
import dev.pargo.models.image.TestPictures;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Damaged files of every kind: they are refused with an {@link ImageException} or decoded, and nothing else happens. */
class DamagedImageTest {

    private static final int MUTATIONS = 300;
    private static final Duration TIME = Duration.ofSeconds(20);

    private static final ImageDecoder DECODER =
            new ImageDecoder(new ImageLimits(1 << 20, 1 << 20), ImageConvention.NATURAL);

    @TestFactory
    Stream<DynamicTest> refusesATruncatedFile() {
        return TestPictures.files()
                .map(path -> dynamicTest(path.getFileName().toString(), () -> {
                    byte[] file = Files.readAllBytes(path);
                    RgbImage whole = DECODER.decode(file);
                    for (int length = 12; length < file.length; length += 1 + file.length / 200) {
                        RgbImage decoded = decodeOrNull(Arrays.copyOf(file, length));
                        if (decoded != null) {
                            assertThat(decoded.rgb())
                                    .as("cut to %d of %d bytes", length, file.length)
                                    .isEqualTo(whole.rgb());
                        }
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> survivesRandomDamage() {
        return TestPictures.files()
                .map(path -> dynamicTest(path.getFileName().toString(), () -> {
                    byte[] file = Files.readAllBytes(path);
                    assertTimeoutPreemptively(TIME, () -> {
                        Random random = new Random(file.length);
                        for (int i = 0; i < MUTATIONS; i++) {
                            decodeOrNull(damaged(file, random));
                        }
                    });
                }));
    }

    @Test
    void acceptsABmpWithAnEmptyChannelMask() throws IOException {
        byte[] file = TestPictures.file("alpha32.bmp");
        int redMaskAt = 54;
        Arrays.fill(file, redMaskAt, redMaskAt + 4, (byte) 0);

        assertThat(DECODER.decode(file).rgb()).hasSize(3 * 29 * 22);
    }

    private static byte[] damaged(byte[] file, Random random) throws IOException {
        byte[] damaged = file.clone();
        int range = random.nextBoolean() ? damaged.length : Math.min(damaged.length, 64);
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            damaged[random.nextInt(range)] = (byte) random.nextInt(256);
        }
        if (damaged[0] == (byte) 0x89) {
            TestPictures.repairPngChecksums(damaged);
        }
        return damaged;
    }

    private static @Nullable RgbImage decodeOrNull(byte[] file) {
        try {
            return DECODER.decode(file);
        } catch (ImageException e) {
            assertThat(e.reason()).isNotEqualTo(Reason.TOO_MANY_BYTES);
            assertThat(e).hasMessageMatching("[\\w ,;:=/-]+");
            return null;
        }
    }
}
