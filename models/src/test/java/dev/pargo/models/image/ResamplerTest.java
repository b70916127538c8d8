package dev.pargo.models.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.image.Resampler.Canvas;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResamplerTest {

    private static final Rgb PAD = new Rgb(122, 116, 104);

    /** Fixed point against double: values at the edge of rounding may differ by one level. */
    @ParameterizedTest
    @CsvSource({"97,61,56,56", "20,30,56,80", "300,7,33,21", "1,90,24,24", "64,64,64,17", "5,5,1,1"})
    void agreesWithTheDefinitionInDoublePrecision(int width, int height, int toWidth, int toHeight) {
        RgbImage image = TestPictures.random(width, height, width);

        byte[] resized =
                Resampler.resize(image, toWidth, toHeight, Filter.BICUBIC).rgb();
        byte[] expected = byDefinition(image, toWidth, toHeight);

        int different = 0;
        for (int i = 0; i < resized.length; i++) {
            int difference = Math.abs((resized[i] & 0xff) - (expected[i] & 0xff));
            assertThat(difference).as("value %d", i).isLessThanOrEqualTo(1);
            different += difference;
        }
        assertThat(different).isLessThanOrEqualTo(resized.length / 500);
    }

    @Test
    void leavesAnImageOfTheTargetSizeAsItIs() {
        RgbImage image = TestPictures.random(40, 30, 1);

        assertThat(Resampler.resize(image, 40, 30, Filter.BICUBIC).rgb()).isEqualTo(image.rgb());
    }

    @ParameterizedTest
    @CsvSource({"90,50,0,20", "50,90,20,0", "1,200,99,0", "200,1,0,99", "33,32,0,0", "3,3,0,0"})
    void treatsPaddingAsPixels(int width, int height, int left, int top) {
        RgbImage image = TestPictures.random(width, height, 7);
        int side = Math.max(width, height);
        byte[] padded = new byte[3 * side * side];
        for (int i = 0; i < padded.length; i += 3) {
            padded[i] = (byte) PAD.red();
            padded[i + 1] = (byte) PAD.green();
            padded[i + 2] = (byte) PAD.blue();
        }
        for (int y = 0; y < height; y++) {
            System.arraycopy(image.rgb(), 3 * y * width, padded, 3 * ((top + y) * side + left), 3 * width);
        }

        RgbImage fromCanvas = Resampler.resize(new Canvas(image, side, side, left, top, PAD), 56, 56, Filter.BICUBIC);
        RgbImage fromPixels = Resampler.resize(new RgbImage(side, side, padded), 56, 56, Filter.BICUBIC);

        assertThat(fromCanvas.rgb()).isEqualTo(fromPixels.rgb());
    }

    @ParameterizedTest
    @CsvSource({"90,50,100,56,22,0", "50,91,56,101,0,22", "300,57,294,56,119,0", "20,30,56,84,0,14", "33,33,56,56,0,0"})
    void theMiddleIsThatOfTheWholeImage(int width, int height, int toWidth, int toHeight, int left, int top) {
        RgbImage image = TestPictures.random(width, height, 7);
        int side = 56;
        byte[] whole =
                Resampler.resize(image, toWidth, toHeight, Filter.BICUBIC).rgb();
        byte[] middle = new byte[3 * side * side];
        for (int y = 0; y < side; y++) {
            System.arraycopy(whole, 3 * ((top + y) * toWidth + left), middle, 3 * y * side, 3 * side);
        }

        assertThat(Resampler.resizeToMiddle(image, side, Filter.BICUBIC).rgb()).isEqualTo(middle);
    }

    @Test
    void theMiddleOfAThinImageCostsNoMoreThanTheSquare() {
        RgbImage line = TestPictures.random(65_535, 1, 7);

        // The whole would be 22 million pixels wide.
        assertThat(Resampler.resizeToMiddle(line, 336, Filter.BICUBIC).width()).isEqualTo(336);
    }

    @Test
    void keepsAUniformColor() {
        byte[] white = new byte[3 * 500 * 400];
        Arrays.fill(white, (byte) 255);

        byte[] resized = Resampler.resize(new RgbImage(500, 400, white), 112, 80, Filter.BICUBIC)
                .rgb();

        assertThat(resized).containsOnly(255);
    }

    /** Each pass as a weighted mean in doubles, rounded to 8 bits. */
    private static byte[] byDefinition(RgbImage image, int width, int height) {
        byte[] narrowed = pass(image.rgb(), image.width(), width, image.height(), 3, 3 * image.width(), 3 * width);
        return pass(narrowed, image.height(), height, width, 3 * width, 3, 3);
    }

    private static byte[] pass(byte[] source, int in, int out, int lines, int step, int line, int lineOut) {
        int stepOut = step == 3 ? 3 : step;
        byte[] target = new byte[3 * out * lines];
        double scale = (double) in / out;
        double stretch = Math.max(1, scale);
        for (int i = 0; i < out; i++) {
            double center = (i + 0.5) * scale;
            int from = (int) Math.max(0, Math.floor(center - 2 * stretch + 0.5));
            int to = (int) Math.min(in, Math.floor(center + 2 * stretch + 0.5));
            for (int at = 0; at < 3 * lines; at++) {
                int offset = at / 3 * line + at % 3;
                double sum = 0;
                double weights = 0;
                for (int j = from; j < to; j++) {
                    double weight = keys((j + 0.5 - center) / stretch);
                    sum += weight * (source[offset + j * step] & 0xff);
                    weights += weight;
                }
                long level = Math.max(0, Math.min(255, (long) Math.floor(sum / weights + 0.5)));
                target[at / 3 * lineOut + at % 3 + i * stepOut] = (byte) level;
            }
        }
        return target;
    }

    /** Keys' cubic convolution kernel with a = -0.5. */
    private static double keys(double x) {
        double t = Math.abs(x);
        if (t >= 2) {
            return 0;
        }
        return t <= 1
                ? 1.5 * Math.pow(t, 3) - 2.5 * Math.pow(t, 2) + 1
                : -0.5 * Math.pow(t, 3) + 2.5 * Math.pow(t, 2) - 4 * t + 2;
    }
}
